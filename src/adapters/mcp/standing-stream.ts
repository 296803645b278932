import type { AddressAnswer } from './address-answer.js';
import type { AddressTimes } from './address-times.js';
import { EventReader } from './event-reader.js';
import { type InboundMessages, MAX_MESSAGE_BYTES } from './inbound-messages.js';
import { ServerBreach } from './server-breach.js';
import { SessionLost } from './session-lost.js';

/** Tries in a row, before the stream waits for the next sign of the server. */
const MAX_TRIES = 5;
const LONGEST_WAIT_MS = 60_000;

/** What the stream is made from. */
export interface StandingStreamParts {
  readonly inbound: InboundMessages;
  readonly times: AddressTimes;
  /** Asks for the stream, after an event if one is given. `undefined` when the server has none. */
  readonly open: (after: string | undefined, signal: AbortSignal) => Promise<AddressAnswer | undefined>;
  /** Called when something may have been said while nobody listened. */
  readonly missed: () => void;
  /** Called when the server did what none may, or does not know the session any more. */
  readonly over: (reason: ServerBreach | SessionLost) => void;
}

/**
 * The stream on which a server says that its tools changed. It is taken up again when it breaks off, at first soon and then ever more slowly,
 * whatever the server wishes; after a few tries in vain only when the server has answered a request again. It never holds the process.
 */
export class StandingStream {
  readonly #parts: StandingStreamParts;
  readonly #end = new AbortController();
  #wake: (() => void) | undefined;

  constructor(parts: StandingStreamParts) {
    this.#parts = parts;
    void this.#run();
  }

  /** Says that the server is there. */
  poke(): void {
    this.#wake?.();
  }

  stop(): void {
    this.#end.abort();
    this.#wake?.();
  }

  async #run(): Promise<void> {
    const { inbound, times, open, missed, over } = this.#parts;
    const { signal } = this.#end;
    const reader = new EventReader(MAX_MESSAGE_BYTES);
    let after: string | undefined;
    let wasOpen = false;
    for (let tries = 0; !signal.aborted; tries += 1) {
      if (tries > 0) await this.#pause(tries, reader.retryMs ?? 0);
      if (signal.aborted) return;
      const begun = performance.now();
      try {
        const answer = await open(after, signal);
        if (answer === undefined) return;
        if (tries > 0 && after === undefined) missed();
        wasOpen = true;
        reader.restart();
        await inbound.events(answer, reader);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ServerBreach || (error instanceof SessionLost && wasOpen)) return over(error);
      }
      // An event that cannot be gone on from is not asked for twice.
      after = reader.lastId === after ? undefined : reader.lastId;
      if (performance.now() - begun > times.steadyMs) tries = 0;
    }
  }

  /** Waits its time, or for the next sign of the server when there were too many tries. */
  async #pause(tries: number, wishedMs: number): Promise<void> {
    const { retryMs } = this.#parts.times;
    const tired = tries > MAX_TRIES;
    const ms = Math.min(Math.max(retryMs * 2 ** (tries - 1), wishedMs), LONGEST_WAIT_MS);
    await new Promise<void>((resolve) => {
      const timer = tired ? undefined : setTimeout(resolve, ms).unref();
      this.#wake = () => {
        if (!tired && !this.#end.signal.aborted) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}

import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';
import { isJsonObject, type JsonObject } from '../../core/domain/json.js';
import { FlowLimit } from '../support/flow-limit.js';
import { GrowingBytes } from '../support/growing-bytes.js';
import type { AddressAnswer } from './address-answer.js';
import type { EventReader, ServerEvent } from './event-reader.js';
import { jsonShapeFault } from './json-shape.js';
import { ServerBreach } from './server-breach.js';

/** The most of a message that is ever held. */
export const MAX_MESSAGE_BYTES = 10 * 1024 * 1024;
/** What may come in streams besides answers to what was asked. */
const BYTES = { burst: 16 * 1024 * 1024, perSecond: 1024 * 1024 } as const;
/** How long the rest of a stream may take after the answer in it, in milliseconds: its connection can then be used again. */
const DRAIN_MS = 250;

/** What takes messages in. */
export interface InboundMessagesParts {
  readonly deliver: (message: JSONRPCMessage) => void;
  /** Called with what came and is no message, in words behind the server's name. */
  readonly odd: (what: string) => void;
}

/**
 * Reads messages out of what a server answers, bodies and streams, with bounds on all that comes: the length of a message, its depth
 * and number of values before it is parsed, the bytes of all streams in a second. Throws a ServerBreach beyond them.
 */
export class InboundMessages {
  readonly #parts: InboundMessagesParts;
  readonly #bytes = new FlowLimit(BYTES);
  readonly #awaited = new Set<RequestId>();

  constructor(parts: InboundMessagesParts) {
    this.#parts = parts;
  }

  /** Waits for the answer to a request; it is no flood. */
  expect(id: RequestId): void {
    this.#awaited.add(id);
  }

  /** Whether the answer is still to come. */
  isAwaited(id: RequestId): boolean {
    return this.#awaited.has(id);
  }

  /** Does not wait any more. */
  forget(id: RequestId): void {
    this.#awaited.delete(id);
  }

  /** Reads an answer that is one message, or a list of some. False when it is no JSON. */
  async whole(answer: AddressAnswer): Promise<boolean> {
    const value = parsed(await wholeBody(answer));
    if (value === undefined) return false;
    for (const message of Array.isArray(value) ? value : [value]) this.#take(message, 0);
    return true;
  }

  /** Reads a stream to its end, or until `enough`. What broke it is thrown. */
  async events(answer: AddressAnswer, reader: EventReader, enough: () => boolean = () => false): Promise<void> {
    const pieces = answer.body[Symbol.asyncIterator]();
    try {
      for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
        if (!this.#bytes.take(next.value.length)) throw new ServerBreach('flooded Pyra with data');
        await this.#events(reader.push(next.value));
        if (!enough()) continue;
        void runOut(pieces, answer);
        return;
      }
    } catch (error) {
      answer.discard();
      throw error instanceof RangeError ? new ServerBreach('sent a message of more than 10 MB') : error;
    }
  }

  async #events(events: Iterable<ServerEvent>): Promise<void> {
    for (const { type, data } of events) {
      if (type !== 'message') continue;
      const value = parsed(Buffer.from(data));
      if (value === undefined) this.#parts.odd('sent an event that is no message');
      else this.#take(value, data.length);
      // The SDK's client tells of progress a moment later, and not at all when the answer is there by then.
      await undefined;
    }
  }

  #take(message: unknown, streamed: number): void {
    if (!isJsonObject(message)) {
      this.#parts.odd('sent what is no message');
      return;
    }
    if (message.method === undefined && this.#awaited.delete(message.id as RequestId)) this.#bytes.give(streamed);
    this.#parts.deliver(message as JsonObject as unknown as JSONRPCMessage);
  }
}

/** The whole of a body. Throws a ServerBreach when it is too long. */
async function wholeBody(answer: AddressAnswer): Promise<Buffer> {
  const tooLong = (): ServerBreach => {
    answer.discard();
    return new ServerBreach('sent a message of more than 10 MB');
  };
  if (Number(answer.header('content-length') ?? 0) > MAX_MESSAGE_BYTES) throw tooLong();
  const bytes = new GrowingBytes();
  for await (const piece of answer.body) {
    if (bytes.length + piece.length > MAX_MESSAGE_BYTES) throw tooLong();
    bytes.add(piece);
  }
  return bytes.take();
}

async function runOut(pieces: AsyncIterator<Uint8Array>, answer: AddressAnswer): Promise<void> {
  const timer = setTimeout(() => answer.discard(), DRAIN_MS);
  try {
    while ((await pieces.next()).done !== true);
  } catch {
    // Nobody needs the rest.
  } finally {
    clearTimeout(timer);
  }
}

/** The value of a JSON text. Throws a ServerBreach when it would be too costly. */
function parsed(bytes: Buffer): unknown {
  const fault = jsonShapeFault(bytes);
  if (fault !== undefined) throw new ServerBreach(`sent a message that ${fault}`);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

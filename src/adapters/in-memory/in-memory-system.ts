import { createHash } from 'node:crypto';
import { type Instant, instantOf } from '../../core/domain/identifiers.js';
import type { System } from '../../ports/system.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const START = Date.UTC(2026, 0, 1);

interface Timer {
  readonly at: number;
  readonly fire: () => void;
  /** Whether the clock may jump to it; deadlines do not move time. */
  readonly moves: boolean;
}

/**
 * A clock that stands still but for {@link advance} and for `wait`, which moves it on as soon as nothing else is to do; ids that come out
 * the same in every run, the true SHA-256.
 */
export class InMemorySystem implements System {
  #now = START;
  #ids = 0;
  readonly #timers = new Set<Timer>();
  readonly #seed: string;

  constructor(seed = '') {
    this.#seed = seed;
  }

  now(): Instant {
    return instantOf(this.#now);
  }

  id(): string {
    this.#ids += 1;
    const bytes = createHash('sha256').update(`${this.#seed}:${this.#ids}`).digest();
    return Array.from(bytes.subarray(0, 22), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  }

  digest(text: string): string {
    return createHash('sha256').update(text, 'utf8').digest('hex');
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const stop = (): void => {
        this.#timers.delete(timer);
        reject(signal.reason);
      };
      const fire = (): void => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const timer = { at: this.#now + Math.max(0, ms), fire, moves: true };
      this.#timers.add(timer);
      signal.addEventListener('abort', stop, { once: true });
      setImmediate(() => this.#jump());
    });
  }

  deadline(signals: readonly AbortSignal[], ms?: number): ReturnType<System['deadline']> {
    const own = new AbortController();
    const fire = (): void => own.abort(new DOMException(`no answer within ${ms} ms`, 'TimeoutError'));
    const timer = { at: this.#now + (ms ?? 0), fire, moves: false };
    if (ms !== undefined) this.#timers.add(timer);
    return {
      signal: AbortSignal.any([own.signal, ...signals]),
      abort: (reason) => own.abort(reason),
      dispose: () => {
        this.#timers.delete(timer);
      },
    };
  }

  /** Moves the clock on; what falls due on the way happens in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.fire();
    }
    this.#now = end;
  }

  #jump(): void {
    const waits = [...this.#timers].filter(({ moves }) => moves).map(({ at }) => at);
    if (waits.length > 0) this.advance(Math.max(0, Math.min(...waits) - this.#now));
  }

  #next(end: number): Timer | undefined {
    return [...this.#timers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
  }
}

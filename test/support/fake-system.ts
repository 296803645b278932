import type { Instant } from '../../src/core/domain/identifiers.js';
import type { System } from '../../src/ports/system.js';

/** A system whose clock moves only when somebody waits: `wait` returns at once and is remembered. */
export class FakeSystem implements Pick<System, 'now' | 'id' | 'wait'> {
  /** The waits so far, in milliseconds. */
  readonly waits: number[] = [];
  #now = 1_700_000_000_000;
  readonly #id: string;

  /** `id` is what every `id()` gives. */
  constructor(id = 'A'.repeat(22)) {
    this.#id = id;
  }

  now(): Instant {
    return new Date(this.#now).toISOString() as Instant;
  }

  id(): string {
    return this.#id;
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.waits.push(ms);
    this.#now += ms;
  }
}

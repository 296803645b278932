/** How much may come in: `burst` at once, and `perSecond` in the long run. */
export interface Flow {
  readonly burst: number;
  readonly perSecond: number;
}

/** Tells a flood from much work: a bucket that fills up again with time. */
export class FlowLimit {
  readonly #flow: Flow;
  readonly #now: () => number;
  #left: number;
  #at: number;

  /** `now` gives milliseconds. */
  constructor(flow: Flow, now: () => number = monotonic) {
    this.#flow = flow;
    this.#now = now;
    this.#left = flow.burst;
    this.#at = now();
  }

  /** Takes an amount; false when it is more than may come now. */
  take(amount: number): boolean {
    const now = this.#now();
    this.#left = Math.min(this.#flow.burst, this.#left + ((now - this.#at) / 1000) * this.#flow.perSecond) - amount;
    this.#at = now;
    return this.#left >= 0;
  }

  /** Gives an amount back, never to more than the burst: what was taken and does not count after all, or what was earned. */
  give(amount: number): void {
    this.#left += amount;
  }
}

/** `performance.now()` would do, and load some hundred kilobytes into every plugin's process. */
function monotonic(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

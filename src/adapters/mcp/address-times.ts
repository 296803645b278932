/** How long things may take on the way to a server that is reached over HTTP, in milliseconds. */
export interface AddressTimes {
  /** A message that needs no answer. */
  readonly noticeMs: number;
  /** What a server says with a refusal. */
  readonly refusalMs: number;
  /** The end of a session. */
  readonly farewellMs: number;
  /** The first pause before a stream that broke off is taken up again. */
  readonly retryMs: number;
  /** How long a stream must have stood to count as one that works. */
  readonly steadyMs: number;
}

/** The times that hold outside of tests. */
export const ADDRESS_TIMES: AddressTimes = { noticeMs: 10_000, refusalMs: 2_000, farewellMs: 1_000, retryMs: 1_000, steadyMs: 10_000 };

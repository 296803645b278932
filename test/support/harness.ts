/** One isolated instance of a port under test. */
export interface Subject<P> {
  readonly port: P;
  /** Opens what this subject stored once more, as a new process would; absent where nothing is kept. */
  reopen?(): Promise<P>;
  /** Frees what the subject holds and removes what it stored. */
  dispose?(): Promise<void>;
}

/** One row of a port's table of subjects. */
export interface Harness<P, T = unknown> {
  /** The name of the class under test. */
  readonly name: string;
  /** What this adapter can do that others cannot. */
  readonly traits?: T;
  /** Gives a subject that shares nothing with any other. */
  create(): Promise<Subject<P>>;
}

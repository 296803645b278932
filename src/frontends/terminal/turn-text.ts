/** Text that is written piece by piece. */
export interface TextPieces {
  push(piece: string): void;
  /** Ends what is being written, so that something else can be written. */
  end(): void;
}

/** How the running text of a turn is written: what the assistant answers, and what it thinks. */
export interface TurnText {
  readonly answer: TextPieces;
  readonly reasoning: TextPieces;
}

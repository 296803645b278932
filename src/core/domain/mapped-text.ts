/** A text that was made from another one, and from where in it each part comes. */
export interface MappedText {
  readonly text: string;
  /** The place in the original of a place in this text, both in UTF-16 code units. */
  readonly origin: (offset: number) => number;
}

/** Builds a {@link MappedText} from pieces of a source, most of them copied unchanged. */
export class MappedTextBuilder {
  readonly #parts: string[] = [];
  readonly #at: number[] = [0];
  readonly #from: number[] = [0];
  #length = 0;
  #shift = 0;

  /** Adds a piece that stands for what begins at `from` in the source. */
  add(piece: string, from: number): void {
    if (piece === '') return;
    this.#parts.push(piece);
    // A piece that follows on the one before, there and here, needs no place of its own.
    if (from - this.#length !== this.#shift) {
      this.#at.push(this.#length);
      this.#from.push(from);
      this.#shift = from - this.#length;
    }
    this.#length += piece.length;
  }

  /** The text so far; `origin` of the source is gone through as well. */
  build(source: MappedText): MappedText {
    const at = this.#at;
    const from = this.#from;
    const origin = (offset: number): number => {
      let low = 0;
      let high = at.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((at[middle] as number) <= offset) low = middle;
        else high = middle - 1;
      }
      return source.origin((from[low] as number) + offset - (at[low] as number));
    };
    return { text: this.#parts.join(''), origin };
  }
}

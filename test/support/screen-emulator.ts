import stringWidth from 'string-width';

/** Just enough of a terminal to see what a program drew: text, `\r`, `\n`, cursor up/down/right and clear-to-end. Anything else throws. */
export class ScreenEmulator {
  readonly #columns: number;
  readonly #cells: string[][] = [[]];
  row = 0;
  column = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  write(output: string): void {
    for (const [piece] of output.matchAll(/\x1b\[\d*[A-Za-z]|[\n\r]|[^\x1b\n\r]+/g)) {
      if (piece < ' ') this.#token(piece);
      else for (const { segment } of new Intl.Segmenter().segment(piece)) this.#token(segment);
    }
  }

  /** The rows, without trailing spaces. */
  lines(): readonly string[] {
    return this.#cells.map((row) =>
      Array.from(row, (cell) => cell ?? ' ')
        .join('')
        .trimEnd(),
    );
  }

  #token(token: string): void {
    if (token === '\n') {
      this.row += 1;
      this.column = 0;
      this.#cells[this.row] ??= [];
    } else if (token === '\r') this.column = 0;
    else if (token.startsWith('\x1b')) this.#sequence(token);
    else {
      const width = stringWidth(token);
      if (this.column + width > this.#columns) throw new Error(`drawn over the edge: ${JSON.stringify(token)}`);
      const row = this.#cells[this.row] as string[];
      row[this.column] = token;
      for (let index = 1; index < width; index += 1) row[this.column + index] = '';
      this.column += width;
    }
  }

  #sequence(token: string): void {
    const count = Number(token.slice(2, -1) || '1');
    switch (token.at(-1)) {
      case 'A':
        if (this.row < count) throw new Error('moved above the top');
        this.row -= count;
        break;
      case 'B':
        this.row += count;
        this.#cells[this.row] ??= [];
        break;
      case 'C':
        this.column += count;
        break;
      case 'J':
        this.#cells.splice(this.row + 1);
        this.#cells[this.row]?.splice(this.column);
        break;
      default:
        throw new Error(`unknown sequence ${JSON.stringify(token)}`);
    }
  }
}

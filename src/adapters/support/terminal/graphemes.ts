const segmenter = new Intl.Segmenter();
/** No grapheme that is worth keeping whole is longer; a bound keeps every key press cheap in a text of a megabyte. */
const WINDOW = 128;

/** The position behind the grapheme at `cursor`. */
export function graphemeAfter(text: string, cursor: number): number {
  const [first] = segmenter.segment(text.slice(cursor, cursor + WINDOW));
  return first === undefined ? cursor : cursor + first.segment.length;
}

/** The position of the grapheme before `cursor`. */
export function graphemeBefore(text: string, cursor: number): number {
  const start = Math.max(0, cursor - WINDOW);
  let last = 0;
  for (const { index } of segmenter.segment(text.slice(start, cursor))) last = index;
  return start + last;
}

/** The graphemes of a short text. */
export function graphemes(text: string): readonly string[] {
  return /^[ -~]*$/.test(text) ? text.split('') : Array.from(segmenter.segment(text), ({ segment }) => segment);
}

const WORD = /[\p{L}\p{N}\p{M}_]/u;

/** The end of the word at or behind `cursor`. */
export function wordEnd(text: string, cursor: number): number {
  let index = cursor;
  while (index < text.length && !WORD.test(text[index] ?? '')) index += 1;
  while (index < text.length && WORD.test(text[index] ?? '')) index += 1;
  return index;
}

/** The start of the word before `cursor`. */
export function wordStart(text: string, cursor: number): number {
  let index = cursor;
  while (index > 0 && !WORD.test(text[index - 1] ?? '')) index -= 1;
  while (index > 0 && WORD.test(text[index - 1] ?? '')) index -= 1;
  return index;
}

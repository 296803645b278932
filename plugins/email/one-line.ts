/** Text of a header as one line without control or direction characters, at most so many characters long. */
export function oneLine(text: string, most = 300): string {
  const line = text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, '')
    .trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

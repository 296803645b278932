/** What a terminal obeys though JSON lets it stand as it is, and what nobody sees. */
const OBEYED = /[\u007f-\u009f\u2028\u2029\p{Default_Ignorable_Code_Point}]/gu;

/** An object as one line of JSON that can be shown on a terminal too: foreign texts stand in it, so what could act or hide there is escaped. */
export function jsonLine(value: object): string {
  return `${JSON.stringify(value).replace(OBEYED, escaped)}\n`;
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join('');
}

const ROTATED = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const first = code >= 97 && code < 123 ? 97 : code >= 65 && code < 91 ? 65 : -1;
  ROTATED[code] = first < 0 ? code : ((code - first + 13) % 26) + first;
}

/** The code unit that rot13 makes of another. */
export function rotatedUnit(unit: number): number {
  return ROTATED[unit] ?? unit;
}

const CHUNK = 8_192;

/** A text in rot13; applied twice it is the text again. */
export function rotated(text: string): string {
  const parts: string[] = [];
  for (let start = 0; start < text.length; start += CHUNK) {
    const units = new Array<number>(Math.min(CHUNK, text.length - start));
    for (let index = 0; index < units.length; index++) units[index] = rotatedUnit(text.charCodeAt(start + index));
    parts.push(String.fromCharCode(...units));
  }
  return parts.join('');
}

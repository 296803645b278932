/** The text that UTF-8 bytes spell; `undefined` when they are not UTF-8. */
export function utf8Text(bytes: readonly number[]): string | undefined {
  const units: string[] = [];
  for (let index = 0; index < bytes.length; ) {
    const first = bytes[index++] as number;
    const more =
      first < 0x80 ? 0 : first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : -1;
    if (more < 0 || index + more > bytes.length) return undefined;
    let code = more === 0 ? first : first & (0x3f >> more);
    for (let rest = 0; rest < more; rest++) {
      const byte = bytes[index++] as number;
      if ((byte & 0xc0) !== 0x80) return undefined;
      code = (code << 6) | (byte & 63);
    }
    if (code > 0x10ffff) return undefined;
    units.push(String.fromCodePoint(code));
  }
  return units.join('');
}

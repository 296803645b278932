/** Whether a text holds every word of a query, whatever the case and the accents; without a query every text does. */
export function wordMatcher(query: string | undefined): (text: string) => boolean {
  const words = fold(query ?? '')
    .split(/\s+/)
    .filter((word) => word !== '');
  return (text) => {
    if (words.length === 0) return true;
    const folded = fold(text);
    return words.every((word) => folded.includes(word));
  };
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

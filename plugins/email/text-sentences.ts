/** Lines that quote another message, or say when it was written: their dates are no appointments. */
const QUOTED =
  /^\s*>|(?:\bwrote|\bschrieb)\b.{0,200}:\s*$|^\s*(?:on|am)\b.{0,120}\b(?:wrote|schrieb)\b|^\s*(?:date|sent|datum|gesendet|from|von|to|an|subject|betreff)\s*:/i;

const LONG_LINE = 50;
const MOST_SENTENCES = 2_000;

/** The sentences of a message's text, without what it quotes. Lines that were broken for the way only are joined. */
export function textSentences(text: string): readonly string[] {
  const lines: string[] = [];
  let open = false;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '--') break;
    if (line === '' || QUOTED.test(raw.slice(0, 400))) {
      open = false;
      continue;
    }
    if (open && !/^[-*•]|^\d+[.)]\s/.test(line)) lines[lines.length - 1] += ` ${line}`;
    else lines.push(line);
    open = line.length >= LONG_LINE;
  }
  return lines.flatMap(sentencesOf).slice(0, MOST_SENTENCES);
}

/** Cuts at the end of sentences; not after a number (`17. März`) nor after a short word (`Dr. Müller`). */
function sentencesOf(line: string): readonly string[] {
  const sentences: string[] = [];
  let from = 0;
  for (const match of line.matchAll(/[.!?]\s+(?=[\p{Lu}\d"'(])/gu)) {
    const before = line.slice(from, match.index);
    const word = /[\p{L}\d]{0,40}$/u.exec(before.slice(-40))?.[0] ?? '';
    if (line[match.index] === '.' && (/\d$/.test(word) || (word.length <= 3 && /^\p{Lu}/u.test(word)))) continue;
    sentences.push(line.slice(from, match.index + 1).trim());
    from = match.index + match[0].length;
  }
  return [...sentences, line.slice(from).trim()].filter((sentence) => sentence !== '');
}

import { oneLine } from './memory-note-title.js';

const ASCII = /^[\x00-\x7f]*$/;
const ACCENTS = /[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670]/g;
const LETTERS: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i' };
const FOLDED_LETTERS = /[ßæœøłđðþı]/g;
/** Scripts that are written without spaces between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const MAX_EXCERPT = 200;

/**
 * A text as it is searched: compatibility forms unified, lower case, without accents; scripts that have no spaces between words are cut into
 * single characters, so that a word of theirs is a phrase.
 */
export function searchForm(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(FOLDED_LETTERS, (letter) => LETTERS[letter] ?? letter)
    .replace(UNSPACED, ' $& ');
}

/** One term of a query: its folded words, which must follow each other in a note. A plain word is a term of one. */
export type SearchTerm = readonly string[];

/** The words of a folded text. */
export function wordsOf(folded: string): readonly string[] {
  return folded.match(WORD) ?? [];
}

/** The terms of a query, folded, each once, at most 32: its words; characters of a script without spaces stay together as a phrase. */
export function searchTerms(query: string): readonly SearchTerm[] {
  const terms = new Map<string, SearchTerm>();
  for (const part of query.slice(0, 2_000).normalize('NFKC').match(WORD) ?? []) {
    const words = wordsOf(searchForm(part));
    const phrase = words.length > 1 && words.every((word) => word.search(UNSPACED) === 0);
    for (const term of phrase ? [words] : words.map((word) => [word])) terms.set(term.join(' '), term);
  }
  return [...terms.values()].slice(0, 32);
}

/** The passage of a text that matches a query best: one line, at most 200 characters. Falls back to the start of the text. */
export function excerptOf(text: string, terms: readonly SearchTerm[]): string {
  const lines = text
    .slice(0, 200_000)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const needles = terms.flat();
  let best = lines.find((line) => !line.startsWith('#')) ?? lines[0] ?? '';
  let bestScore = 0;
  for (const line of lines) {
    const folded = searchForm(line);
    const score = needles.filter((needle) => folded.includes(needle)).length;
    if (score > bestScore) [best, bestScore] = [line, score];
  }
  return bestScore === 0 ? oneLine(best, MAX_EXCERPT) : around(best, needles);
}

/** Cuts a long line so that the first match stays inside. */
function around(line: string, needles: readonly string[]): string {
  const clean = oneLine(line, 10_000);
  if (clean.length <= MAX_EXCERPT) return clean;
  const lower = clean.toLowerCase();
  const positions = needles.map((needle) => lower.indexOf(needle)).filter((position) => position >= 0);
  const first = positions.length === 0 ? 0 : Math.min(...positions);
  if (first < MAX_EXCERPT - 60) return oneLine(clean, MAX_EXCERPT);
  const start = clean.indexOf(' ', first - 60);
  return `…${oneLine(clean.slice(start >= 0 && start < first ? start + 1 : first), MAX_EXCERPT - 1)}`;
}

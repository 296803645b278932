import type { NoteId } from '../../core/domain/identifiers.js';
import type { SearchTerm } from '../../core/domain/search-text.js';
import type { MemoryIndex } from './memory-index.js';

const COMMON_SHARE = 0.4;
const COMMON_FLOOR = 50;

/** One note that was found; a higher score is better. */
export interface FoundNote {
  readonly id: NoteId;
  readonly score: number;
}

/**
 * Finds the best notes: those with all terms, then those with any, then those with words that begin alike. A word that no note has stands
 * for the words that begin with it or contain it.
 */
export function searchIndex(index: MemoryIndex, terms: readonly SearchTerm[], limit: number): readonly FoundNote[] {
  if (terms.length === 0 || limit <= 0) return [];
  const alternatives = terms.map((term) => alternativesOf(index, term));
  const known = alternatives.filter((words) => words.length > 0);
  if (known.length === 0) return [];
  const found = new Map<NoteId, FoundNote>();
  const add = (expression: string, stage: number): void => {
    for (const { id, rank } of index.match(expression, limit)) {
      if (!found.has(id) && found.size < limit) found.set(id, { id, score: stage * 1_000 + Math.min(999, -rank) });
    }
  };
  if (known.length === terms.length) add(known.map((words) => `(${words.join(' OR ')})`).join(' AND '), 2);
  const telling = withoutCommon(index, terms, alternatives);
  if (found.size < limit && terms.length > 1) add(telling.flat().join(' OR '), 1);
  if (found.size < limit) {
    const beginnings = terms.filter(([word = '', ...more]) => more.length === 0 && word.length >= 3).map(([word]) => `"${word}"*`);
    if (beginnings.length > 0) add(beginnings.join(' OR '), 0);
  }
  return [...found.values()];
}

/** The quoted FTS5 strings that a term stands for. Words are letters and digits only, so nothing in them can be an operator. */
function alternativesOf(index: MemoryIndex, term: SearchTerm): readonly string[] {
  const [word = '', ...more] = term;
  if (more.length > 0) return [`"${term.join(' ')}"`];
  if (index.notesWith(word) > 0) return [`"${word}"`];
  return index.wordsLike(word).map((like) => `"${like}"`);
}

/** Words that nearly every note has tell nothing, and ranking by them is slow: left out where others are left. */
function withoutCommon(
  index: MemoryIndex,
  terms: readonly SearchTerm[],
  alternatives: readonly (readonly string[])[],
): readonly (readonly string[])[] {
  const most = Math.max(COMMON_FLOOR, index.count() * COMMON_SHARE);
  const rare = alternatives.filter((words, position) => words.length > 0 && index.notesWith(terms[position]?.[0] ?? '') <= most);
  return rare.length > 0 ? rare : alternatives.filter((words) => words.length > 0);
}

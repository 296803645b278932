import type { Finding } from '../../core/domain/finding.js';
import type { NoteId } from '../../core/domain/identifiers.js';
import type { MemoryHeading, MemoryHit, MemoryNote } from '../../core/domain/memory-note.js';
import { parseNoteId } from '../../core/domain/memory-note-id.js';
import { sameContent } from '../../core/domain/memory-note-provenance.js';
import { noteTitle } from '../../core/domain/memory-note-title.js';
import { excerptOf, type SearchTerm, searchForm, searchTerms, wordsOf } from '../../core/domain/search-text.js';
import { utf8Bytes } from '../../core/domain/token-budget.js';
import type { MemoryStore } from '../../ports/memory-store.js';

/** Notes that live as long as the process: for tests and scripts. */
export class InMemoryMemoryStore implements MemoryStore {
  readonly #notes = new Map<NoteId, MemoryNote>();

  async headings(): Promise<readonly MemoryHeading[]> {
    return [...this.#notes.values()].map(headingOf).sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  async read(id: NoteId): Promise<MemoryNote | undefined> {
    return this.#notes.get(parseNoteId(id));
  }

  async write(note: MemoryNote, over?: MemoryNote | null): Promise<boolean> {
    const id = parseNoteId(note.id);
    const stored = this.#notes.get(id);
    if (over === null && stored !== undefined) return false;
    if (over && (stored === undefined || !sameContent(stored, over))) return false;
    const { text, tags, provenance, created, updated } = note;
    this.#notes.set(id, { id, text, tags: [...tags], provenance, created, updated });
    return true;
  }

  async delete(id: NoteId): Promise<boolean> {
    return this.#notes.delete(parseNoteId(id));
  }

  async inspect(): Promise<readonly Finding[]> {
    return [];
  }

  async search(query: string, limit: number): Promise<readonly MemoryHit[]> {
    const terms = searchTerms(query);
    const found = [...this.#notes.values()].map((note) => ({ note, texts: searchedTexts(note), heading: headingOf(note) }));
    const weights = terms.map((term) =>
      Math.log(1 + found.length / (1 + found.filter(({ texts }) => countIn(texts.join(' '), term) > 0).length)),
    );
    return found
      .map(({ note, texts, heading }) => ({
        heading,
        excerpt: excerptOf(note.text, terms),
        score: total(terms.map((term, index) => (weights[index] ?? 0) * score(texts, term))),
      }))
      .filter((hit) => hit.score > 0)
      .sort((one, other) => other.score - one.score || (one.heading.id < other.heading.id ? -1 : 1))
      .slice(0, Math.max(0, limit));
  }
}

function headingOf(note: MemoryNote): MemoryHeading {
  const { id, tags, provenance, updated } = note;
  return { id, title: noteTitle(id, note.text), tags, provenance, updated, bytes: utf8Bytes(note.text) };
}

/** Title, tags, name and text, each as folded words between single spaces. */
function searchedTexts(note: MemoryNote): readonly string[] {
  const texts = [noteTitle(note.id, note.text), note.tags.join(' '), note.id.replace(/\.md$/, ''), note.text];
  return texts.map((text) => ` ${wordsOf(searchForm(text)).join(' ')} `);
}

function score(texts: readonly string[], term: SearchTerm): number {
  const factors = [8, 5, 3, 1];
  return texts.reduce((sum, text, index) => sum + (factors[index] ?? 1) * saturated(countIn(text, term)), 0);
}

/** Whole words count once, words that only contain the term a little. */
function countIn(text: string, term: SearchTerm): number {
  const words = term.join(' ');
  return text.split(` ${words} `).length - 1 || (text.split(words).length - 1) / 4;
}

/** Notes with all terms come first. */
function total(scores: readonly number[]): number {
  return scores.reduce((sum, value) => sum + value, scores.every((value) => value > 0) && scores.length > 0 ? 1_000 : 0);
}

function saturated(count: number): number {
  return (count * 2.2) / (count + 1.2);
}

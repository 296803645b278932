import type { MemoryStore } from '../../ports/memory-store.js';
import type { System } from '../../ports/system.js';
import { PyraError } from '../domain/errors.js';
import type { Finding } from '../domain/finding.js';
import type { FrontMatterEntry } from '../domain/front-matter.js';
import type { Instant, NoteId } from '../domain/identifiers.js';
import { MAX_NOTE_BYTES, type MemoryHeading, type MemoryHit, type MemoryNote } from '../domain/memory-note.js';
import { parseNoteId } from '../domain/memory-note-id.js';
import { joinProvenance, tidyProvenance } from '../domain/memory-note-provenance.js';
import { oneLine } from '../domain/memory-note-title.js';
import type { Provenance } from '../domain/message.js';
import { utf8Bytes } from '../domain/token-budget.js';
import { memoryContext, PERSONA_NOTE } from './memory-context.js';

const MAX_ATTEMPTS = 5;

/** What is to be remembered. */
export interface NewNote {
  /** The note's name, such as `knowledge/garden.md`; checked here. */
  readonly id: string;
  readonly text: string;
  /** Adds the text on a new line at the end instead of replacing what is there. */
  readonly append?: boolean;
  /** Where the text may come from. */
  readonly provenance: Provenance;
  /** Replaces the tags; those of the stored note stay when absent. */
  readonly tags?: readonly string[];
  /** When the note was first written, for notes that come from elsewhere; now when absent. */
  readonly created?: Instant;
  /** A person's front matter that comes with a note from elsewhere. */
  readonly frontMatter?: readonly FrontMatterEntry[];
}

/** What a {@link MemoryKeeper} works with. */
export interface MemoryPorts {
  readonly store: MemoryStore;
  readonly system: System;
  /** Takes secrets out of what is written down and of what goes into a prompt. */
  readonly redactor?: { redact(text: string): string };
}

/** The rules of the memory: names, provenance, what goes into a prompt. A note is never `own` with foreign text in it. */
export class MemoryKeeper {
  readonly #store: MemoryStore;
  readonly #system: System;
  readonly #redact: (text: string) => string;

  constructor({ store, system, redactor }: MemoryPorts) {
    this.#store = store;
    this.#system = system;
    this.#redact = (text) => redactor?.redact(text) ?? text;
  }

  /** The block of the system prompt: own notes up to the budget, the rest as headings, external ones by name only. Empty without notes. */
  async context(maxTokens: number): Promise<string> {
    return this.#redact(await memoryContext(this.#store, maxTokens));
  }

  /** The text of `user/persona.md`; `undefined` when there is none, when it is empty or unreadable, or when it is not the person's own. */
  async persona(): Promise<string | undefined> {
    const note = await this.#store.read(PERSONA_NOTE).catch(() => undefined);
    const text = note?.provenance.kind === 'own' ? note.text.trim() : '';
    return text === '' ? undefined : this.#redact(text);
  }

  /** All notes by id; changes made by hand are seen. */
  list(): Promise<readonly MemoryHeading[]> {
    return this.#store.headings();
  }

  /** One note; `undefined` when there is none; throws `memory/invalid-id` or `memory/unreadable`. */
  async read(id: string): Promise<MemoryNote | undefined> {
    return this.#store.read(parseNoteId(id));
  }

  /** What lies in the memory and cannot be a note. */
  inspect(): Promise<readonly Finding[]> {
    return this.#store.inspect();
  }

  /** The best notes for a query, best first, at most `limit` (10). */
  search(query: string, limit = 10): Promise<readonly MemoryHit[]> {
    return this.#store.search(query, limit);
  }

  /**
   * Writes a note down and gives it. External text never touches an own note (throws `usage`: another name is needed), and what is added to
   * an external note stays external. Throws `memory/invalid-id` for a bad name, `limit/reached` for a note that is too large.
   */
  async remember(note: NewNote): Promise<MemoryNote> {
    const id = parseNoteId(note.id);
    const text = `${this.#redact(note.text.toWellFormed()).replace(/\n+$/, '')}\n`;
    const provenance = tidyProvenance(note.provenance);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const stored = await this.#store.read(id);
      const next = this.#successor(id, stored, { ...note, text, provenance });
      if (await this.#store.write(next, stored ?? null)) return next;
    }
    throw new PyraError('home/locked', `${id} is being changed by somebody else`, { hint: 'try again', retryable: true });
  }

  /** Removes a note; false when there was none. */
  async forget(id: string): Promise<boolean> {
    return this.#store.delete(parseNoteId(id));
  }

  /**
   * Makes a note the person's own; only ever on the person's own word about `shown`, the note as it was shown: when it has changed since,
   * nothing is done and `home/locked` is thrown. Gives the note, or `undefined` when there is none.
   */
  async trust(id: string, shown?: MemoryNote): Promise<MemoryNote | undefined> {
    const stored = shown ?? (await this.read(id));
    if (stored === undefined) return undefined;
    const next: MemoryNote = { ...stored, provenance: { kind: 'own' }, updated: this.#system.now() };
    if (await this.#store.write(next, stored)) return next;
    throw changedMeanwhile(stored.id);
  }

  /**
   * Replaces the text of a note by what the person made of it in an editor; whose it is does not change: foreign text that was edited is still
   * foreign. When it is no longer as it was `shown` (`undefined`: not there), nothing is done and `home/locked` is thrown.
   */
  async revise(id: string, shown: MemoryNote | undefined, text: string): Promise<MemoryNote> {
    const noteId = parseNoteId(id);
    const next = this.#successor(noteId, shown, {
      id,
      text: `${this.#redact(text.toWellFormed()).replace(/\n+$/, '')}\n`,
      provenance: shown?.provenance ?? { kind: 'own' },
    });
    if (await this.#store.write(next, shown ?? null)) return next;
    throw changedMeanwhile(noteId);
  }

  #successor(id: NoteId, stored: MemoryNote | undefined, note: NewNote): MemoryNote {
    if (stored?.provenance.kind === 'own' && note.provenance.kind === 'external') {
      throw new PyraError(
        'usage',
        `${id} is the person's own note, and this conversation has read ${note.provenance.source}: text from here cannot go into it`,
        { hint: 'write to a note of another name' },
      );
    }
    const before = note.append === true ? stored : undefined;
    const text = before === undefined ? note.text : `${before.text}${/[^\n]$/.test(before.text) ? '\n' : ''}${note.text}`;
    if (utf8Bytes(text) > MAX_NOTE_BYTES) {
      throw new PyraError('limit/reached', `${id} would be larger than ${MAX_NOTE_BYTES} bytes`, { hint: 'split it into several notes' });
    }
    const now = this.#system.now();
    return {
      id,
      text,
      tags: note.tags === undefined ? (stored?.tags ?? []) : tidyTags(note.tags),
      provenance: before === undefined ? note.provenance : joinProvenance(before.provenance, note.provenance),
      created: stored?.created ?? note.created ?? now,
      updated: now,
      ...(note.frontMatter === undefined ? {} : { frontMatter: note.frontMatter }),
    };
  }
}

function changedMeanwhile(id: NoteId): PyraError {
  return new PyraError('home/locked', `${id} was changed meanwhile`, { hint: 'look at it again', retryable: true });
}

function tidyTags(tags: readonly string[]): readonly string[] {
  return [...new Set(tags.map((tag) => oneLine(tag.replace(/^#/, ''), 60)).filter((tag) => tag !== ''))].slice(0, 50);
}

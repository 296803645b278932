import { chmod, mkdir, unlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isPyraError, PyraError } from '../../core/domain/errors.js';
import type { Finding } from '../../core/domain/finding.js';
import { millisecondsOf, type NoteId } from '../../core/domain/identifiers.js';
import type { MemoryHeading, MemoryHit, MemoryNote } from '../../core/domain/memory-note.js';
import { parseNote, printNote } from '../../core/domain/memory-note-format.js';
import { MEMORY_INDEX_FILE, parseNoteId } from '../../core/domain/memory-note-id.js';
import { sameContent } from '../../core/domain/memory-note-provenance.js';
import { excerptOf, searchTerms } from '../../core/domain/search-text.js';
import type { MemoryStore } from '../../ports/memory-store.js';
import { syncDirectory, writeFileAtomic } from '../support/atomic-file.js';
import { withFileLock } from '../support/file-lock.js';
import { safePath } from '../support/safe-path.js';
import type { MemoryIndex } from './memory-index.js';
import { printIndexFile } from './memory-index-file.js';
import { MemoryIndexKeeper } from './memory-index-keeper.js';
import { searchIndex } from './memory-search.js';
import { type NoteFile, readNoteFile, UNREADABLE } from './note-file.js';
import { noteFromFile } from './note-reader.js';

/** Where a memory lies and how its files are judged. */
export interface FsMemoryOptions {
  /** The folder of the notes. */
  readonly memory: string;
  /** The folder of the search index and the lock. */
  readonly state: string;
  /** Whether the file of a note without provenance looks like an injection; such a note counts as external. */
  readonly suspicious: (text: string) => boolean;
  /** Is told once of everything under the memory that cannot be a note. */
  readonly report?: (finding: Finding) => void;
  /** For how long a look at all files holds, in milliseconds; 100 when absent. */
  readonly freshMs?: number;
}

interface Change {
  readonly run: () => Promise<boolean>;
  readonly resolve: (changed: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Notes as Markdown files below one folder. The files are the truth; the index beside them can be lost at any time. */
export class FsMemoryStore implements MemoryStore {
  readonly #memory: string;
  readonly #lock: string;
  readonly #suspicious: (text: string) => boolean;
  readonly #index: MemoryIndexKeeper;
  readonly #changes: Change[] = [];

  constructor(options: FsMemoryOptions) {
    this.#memory = options.memory;
    this.#lock = join(options.state, 'memory.lock');
    this.#suspicious = options.suspicious;
    this.#index = new MemoryIndexKeeper(options, (index) => this.#writeIndexFile(index));
  }

  async headings({ quick = false }: { readonly quick?: boolean } = {}): Promise<readonly MemoryHeading[]> {
    return this.#index.use(quick ? 'quick' : 'full', (index) => index.headings());
  }

  async read(id: NoteId): Promise<MemoryNote | undefined> {
    const noteId = parseNoteId(id);
    return this.#noteOf(noteId, await this.#load(noteId));
  }

  async write(note: MemoryNote, over?: MemoryNote | null): Promise<boolean> {
    const id = parseNoteId(note.id);
    return this.#change(() => this.#store({ ...note, id }, over));
  }

  async delete(id: NoteId): Promise<boolean> {
    const noteId = parseNoteId(id);
    return this.#change(async () => {
      const path = await this.#pathOf(noteId);
      const absolute = await this.#safe(path);
      let existed = true;
      await this.#index.aroundChange(path, async () => {
        try {
          await unlink(absolute);
          await syncDirectory(dirname(absolute));
        } catch (error) {
          if (!isMissing(error)) throw error;
          existed = false;
        }
      });
      await this.#index.forget(noteId);
      return existed;
    });
  }

  async search(query: string, limit: number): Promise<readonly MemoryHit[]> {
    const terms = searchTerms(query);
    if (terms.length === 0 || limit <= 0) return [];
    const found = await this.#index.use('full', (index) =>
      searchIndex(index, terms, limit).map(({ id, score }) => ({ heading: index.heading(id), path: index.pathOf(id) ?? id, score })),
    );
    return found.flatMap(({ heading, path, score }) => {
      const file = heading === undefined ? undefined : readNoteFile(this.#memory, path);
      // Gone since the look at the files.
      if (heading === undefined || file?.outcome !== 'text') return [];
      return [{ heading, score, excerpt: excerptOf(parseNote(file.source).text, terms) }];
    });
  }

  async inspect(): Promise<readonly Finding[]> {
    return this.#index.findings();
  }

  /** Lets go of the index; what was written stays. Idempotent. */
  async close(): Promise<void> {
    await this.#index.close();
  }

  async #store(note: MemoryNote, over: MemoryNote | null | undefined): Promise<boolean> {
    const path = await this.#pathOf(note.id);
    const file = await this.#load(note.id, path);
    if (over !== undefined && !this.#matches(note.id, file, over)) return false;
    const entries = file.outcome === 'text' ? parseNote(file.source).entries : (note.frontMatter ?? []);
    await this.#makeFolder(dirname(path));
    const absolute = await this.#safe(path);
    await this.#index.aroundChange(path, async () => {
      await writeFileAtomic(absolute, printNote(note, entries), 0o600);
      const written = new Date(millisecondsOf(note.updated));
      // The date of a note that is older than its file would otherwise count as changed by hand.
      if (Date.now() - written.getTime() > 1_000) await utimes(absolute, written, written);
    });
    await this.#index.remember(note.id, path);
    return true;
  }

  #matches(id: NoteId, file: NoteFile, over: MemoryNote | null): boolean {
    const stored = this.#noteOf(id, file);
    return over === null ? stored === undefined : stored !== undefined && sameContent(stored, over);
  }

  #noteOf(id: NoteId, file: NoteFile): MemoryNote | undefined {
    if (file.outcome === 'missing') return undefined;
    if (file.outcome === 'text') return noteFromFile(id, file.source, file.state, this.#suspicious);
    const { message, fix } = UNREADABLE[file.label];
    throw new PyraError('memory/unreadable', `${id} ${message}`, { hint: fix });
  }

  async #load(id: NoteId, path?: string): Promise<NoteFile> {
    const place = path ?? (await this.#pathOf(id));
    await this.#safe(place);
    return readNoteFile(this.#memory, place);
  }

  /** The path of a note's file: its id, unless the file system has the name in another Unicode form. */
  async #pathOf(id: NoteId): Promise<string> {
    if (/^[\x20-\x7e]*$/.test(id)) return id;
    return (await this.#index.use('none', (index) => index.pathOf(id))) ?? id;
  }

  async #safe(path: string): Promise<string> {
    try {
      return await safePath(this.#memory, path);
    } catch (error) {
      if (!isPyraError(error, 'path/outside-boundary')) throw error;
      throw new PyraError('memory/invalid-id', `${JSON.stringify(path)} passes a symbolic link`, {
        hint: 'notes are plain files in plain folders of the memory',
        cause: error,
      });
    }
  }

  async #makeFolder(folder: string): Promise<void> {
    const parts = folder === '.' ? [] : folder.split('/');
    for (const path of ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))]) {
      const absolute = path === '' ? this.#memory : await this.#safe(path);
      try {
        await mkdir(absolute, { mode: 0o700, recursive: path === '' });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        continue;
      }
      if (path !== '') await chmod(absolute, 0o700);
      if (path !== '') await syncDirectory(dirname(absolute));
    }
  }

  /** Changes of this process wait for each other, so that the index file is made once for all that came together. */
  #change(run: () => Promise<boolean>): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#changes.push({ run, resolve, reject });
      if (this.#changes.length === 1) setImmediate(() => void this.#runChanges());
    });
  }

  async #runChanges(): Promise<void> {
    while (this.#changes.length > 0) {
      const batch = [...this.#changes];
      const settle: (() => void)[] = [];
      try {
        await mkdir(dirname(this.#lock), { recursive: true, mode: 0o700 });
        await withFileLock(this.#lock, async () => {
          for (const { run, resolve, reject } of batch) {
            try {
              const changed = await run();
              settle.push(() => resolve(changed));
            } catch (error) {
              settle.push(() => reject(error));
            }
          }
          await this.#index.use('none', (index) => this.#writeIndexFile(index));
        });
      } catch (error) {
        for (const { reject } of batch.slice(settle.length)) settle.push(() => reject(error));
      }
      this.#changes.splice(0, batch.length);
      for (const tell of settle) tell();
    }
  }

  async #writeIndexFile(index: MemoryIndex): Promise<void> {
    try {
      await this.#index.aroundChange(MEMORY_INDEX_FILE, () =>
        writeFileAtomic(join(this.#memory, MEMORY_INDEX_FILE), printIndexFile(index.headings()), 0o600),
      );
    } catch (error) {
      // The notes are stored; the list of them is only for reading.
      if (!isPyraError(error)) throw error;
      this.#index.report({
        label: 'memory-index-not-written',
        category: 'home',
        message: `${MEMORY_INDEX_FILE}: ${error.message}`,
        ...(error.hint === undefined ? {} : { fix: error.hint }),
      });
    }
  }
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
}

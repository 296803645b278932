import { closeSync, constants, fchmodSync, openSync, rmSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Instant, NoteId } from '../../core/domain/identifiers.js';
import type { MemoryHeading } from '../../core/domain/memory-note.js';
import { searchForm } from '../../core/domain/search-text.js';

const VERSION = 1;
const BUSY_MS = 2_000;
const SCHEMA = `
  CREATE TABLE note (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL, inode REAL NOT NULL, size INTEGER NOT NULL,
    touched REAL NOT NULL, fault TEXT,
    title TEXT NOT NULL, tags TEXT NOT NULL, source TEXT, updated TEXT NOT NULL, bytes INTEGER NOT NULL);
  CREATE TABLE folder (path TEXT PRIMARY KEY, stamp TEXT NOT NULL) WITHOUT ROWID;
  CREATE VIRTUAL TABLE words USING fts5(title, tags, name, body, content='', contentless_delete=1,
    tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co'");
  CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, 'row');
`;

/** By what a file is known to be unchanged. */
export interface FileStamp {
  readonly inode: number;
  readonly size: number;
  /** In milliseconds since 1970; 0 when the file must be read again. */
  readonly touchedMs: number;
}

/** What the index keeps of one file. */
export interface IndexedNote {
  readonly id: NoteId;
  readonly path: string;
  readonly stamp: FileStamp;
  /** Why the file is no note, if it is none: such a row is only kept so that the file is not read again and again. */
  readonly fault?: string;
  readonly heading?: MemoryHeading;
  readonly text?: string;
}

/** A note that a query found; a lower rank is better. */
export interface RankedNote {
  readonly id: NoteId;
  readonly rank: number;
}

/** The database of headings and words that is made from the notes. It can be thrown away at any time. */
export class MemoryIndex {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #files: Map<string, FileRow> | undefined;
  #filesAsOf = 0;
  #vocabulary: string | undefined;

  /** Opens the database at a path, or one in memory for `:memory:`. One of another version, or one that is no database, is made anew. */
  constructor(path: string) {
    this.#database = openDatabase(path);
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  /** A number that changes whenever another process changes the database. */
  foreignChanges(): number {
    return Number(this.#one('PRAGMA data_version')?.data_version);
  }

  /** Runs changes as one transaction: all or none. */
  change<T>(action: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = action();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Every file that was read, by its path. */
  files(): ReadonlyMap<string, FileStamp & { readonly id: NoteId }> {
    const changes = this.foreignChanges();
    if (this.#files === undefined || this.#filesAsOf !== changes) {
      const rows = this.#allAsArrays('SELECT path, id, inode, size, touched FROM note') as unknown as readonly FileValues[];
      this.#files = new Map(rows.map(([path, id, inode, size, touchedMs]) => [path, { id, inode, size, touchedMs }]));
      this.#filesAsOf = changes;
      this.#vocabulary = undefined;
    }
    return this.#files;
  }

  /** The files that are no notes, each with its reason. */
  faults(): readonly { readonly path: string; readonly fault: string }[] {
    return this.#all('SELECT path, fault FROM note WHERE fault IS NOT NULL ORDER BY path').map((row) => ({
      path: row.path as string,
      fault: row.fault as string,
    }));
  }

  /** The stamps of the folders as they were last looked through. */
  folders(): Map<string, string> {
    return new Map(this.#all('SELECT path, stamp FROM folder').map((row) => [row.path as string, row.stamp as string]));
  }

  setFolder(path: string, stamp: string | undefined): void {
    if (stamp === undefined) this.#run('DELETE FROM folder WHERE path = ?', path);
    else this.#run('INSERT OR REPLACE INTO folder VALUES (?, ?)', path, stamp);
  }

  /** Stores what is known of a file, replacing what was. */
  put(note: IndexedNote): void {
    const { id, path, stamp, fault, heading, text } = note;
    this.remove(id);
    const { title = '', tags = [], updated = '', bytes = 0 } = heading ?? {};
    const { inode, size, touchedMs } = stamp;
    const source = heading?.provenance.kind === 'external' ? heading.provenance.source : null;
    const values = [
      id,
      path,
      inode,
      size,
      touchedMs,
      fault ?? null,
      title,
      tags.length === 0 ? '' : JSON.stringify(tags),
      source,
      updated,
      bytes,
    ];
    const key = this.#run(
      'INSERT INTO note (id, path, inode, size, touched, fault, title, tags, source, updated, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ...values,
    );
    this.#files?.set(path, { id, inode, size, touchedMs });
    if (heading === undefined || text === undefined) return;
    this.#vocabulary = undefined;
    const words = [title, tags.join(' '), id.replace(/\.md$/, ''), text].map(searchForm);
    this.#run('INSERT INTO words (rowid, title, tags, name, body) VALUES (?, ?, ?, ?, ?)', key, ...words);
  }

  remove(id: NoteId): void {
    const row = this.#one('SELECT key, path FROM note WHERE id = ?', id);
    if (row === undefined) return;
    this.#run('DELETE FROM words WHERE rowid = ?', row.key as number);
    this.#run('DELETE FROM note WHERE key = ?', row.key as number);
    this.#files?.delete(row.path as string);
  }

  /** All headings by id. */
  headings(): readonly MemoryHeading[] {
    const rows = this.#allAsArrays('SELECT id, title, tags, source, updated, bytes FROM note WHERE fault IS NULL ORDER BY id');
    return rows.map(([id, title, tags, source, updated, bytes]) => headingOf({ id, title, tags, source, updated, bytes }));
  }

  heading(id: NoteId): MemoryHeading | undefined {
    const row = this.#one('SELECT id, title, tags, source, updated, bytes FROM note WHERE fault IS NULL AND id = ?', id);
    return row === undefined ? undefined : headingOf(row);
  }

  /** Where the file of a note lies below the memory, when that differs from its id. */
  pathOf(id: NoteId): string | undefined {
    return this.#one('SELECT path FROM note WHERE id = ? AND path <> id', id)?.path as string | undefined;
  }

  /** How many notes there are. */
  count(): number {
    return Number(this.#one('SELECT count(*) AS count FROM note WHERE fault IS NULL')?.count);
  }

  /** In how many notes a word occurs. */
  notesWith(word: string): number {
    return Number(this.#one('SELECT doc FROM vocabulary WHERE term = ?', word)?.doc ?? 0);
  }

  /** Words that start with a text, or else words that contain it; at most 40. */
  wordsLike(part: string): readonly string[] {
    const starting = this.#all('SELECT term FROM vocabulary WHERE term >= ? AND term < ? LIMIT 40', part, `${part}\u{10ffff}`);
    if (starting.length > 0 || part.length < 3) return starting.map((row) => row.term as string);
    // Reading all words takes a while.
    this.#vocabulary ??= `\n${this.#all('SELECT term FROM vocabulary')
      .map((row) => row.term as string)
      .join('\n')}\n`;
    const words = new Set<string>();
    for (let at = this.#vocabulary.indexOf(part); at >= 0 && words.size < 40; ) {
      const end = this.#vocabulary.indexOf('\n', at);
      words.add(this.#vocabulary.slice(this.#vocabulary.lastIndexOf('\n', at) + 1, end));
      at = this.#vocabulary.indexOf(part, end);
    }
    return [...words];
  }

  /** The best notes for an FTS5 expression by BM25: words in the title count most, then tags, the name, the text. */
  match(expression: string, limit: number): readonly RankedNote[] {
    const rows = this.#all(
      'SELECT id, rank FROM (SELECT rowid, bm25(words, 8, 5, 3, 1) AS rank FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?) ' +
        'JOIN note ON note.key = rowid ORDER BY rank, id',
      expression,
      limit,
    );
    return rows.map((row) => ({ id: row.id as NoteId, rank: row.rank as number }));
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[] {
    return this.#statement(sql).all(...values) as Row[];
  }

  /** Rows as arrays: thousands of row objects take twice as long. */
  #allAsArrays(sql: string): readonly (readonly unknown[])[] {
    const statement = this.#statement(sql);
    statement.setReturnArrays(true);
    return statement.all() as unknown as readonly (readonly unknown[])[];
  }

  #one(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined;
  }

  /** Runs a change; gives the key of the row that it inserted, if it did. */
  #run(sql: string, ...values: readonly SQLInputValue[]): number | bigint {
    const statement = this.#statement(sql);
    // FTS5 leaves row ids behind that are larger than a number can hold.
    statement.setReadBigInts(true);
    return statement.run(...values).lastInsertRowid;
  }
}

type FileRow = FileStamp & { readonly id: NoteId };
type FileValues = readonly [path: string, id: NoteId, inode: number, size: number, touchedMs: number];
type Row = Readonly<Record<string, unknown>>;

/** Whether an error says that the database is damaged or is none: it is made anew then. */
export function isDamage(error: unknown): boolean {
  const code = Number((error as { errcode?: unknown } | null)?.errcode ?? 0) & 0xff;
  const [corrupt, notADatabase, schemaDiffers] = [11, 26, 1];
  return code === corrupt || code === notADatabase || code === schemaDiffers;
}

/** Whether an error says that the database cannot be used now: held by another process, read-only, or on a full disk. */
export function isBusy(error: unknown): boolean {
  const { errcode, code } = (error ?? {}) as { readonly errcode?: unknown; readonly code?: unknown };
  return code === 'ERR_INVALID_STATE' || [5, 6, 8, 10, 13, 14].includes(Number(errcode ?? 0) & 0xff);
}

/** Removes a database with everything that SQLite keeps beside it. */
export function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true, recursive: true });
}

function openDatabase(path: string): DatabaseSync {
  if (path === ':memory:') return prepared(path);
  try {
    return prepared(path);
  } catch (error) {
    if (!isDamage(error)) throw error;
    removeDatabase(path);
    return prepared(path);
  }
}

function prepared(path: string): DatabaseSync {
  if (path !== ':memory:') makePrivate(path);
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version === VERSION) return database;
    if (version !== 0) throw Object.assign(new Error('an index of another version'), { errcode: 26 });
    database.exec(`BEGIN IMMEDIATE`);
    const { user_version: now } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    // Another process may have been faster.
    database.exec(now === VERSION ? 'COMMIT' : `${SCHEMA} PRAGMA user_version = ${VERSION}; COMMIT`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLite gives the files beside a database the mode of the database. */
function makePrivate(path: string): void {
  const descriptor = openSync(path, constants.O_CREAT | constants.O_RDWR | constants.O_NOFOLLOW, 0o600);
  try {
    fchmodSync(descriptor, 0o600);
  } finally {
    closeSync(descriptor);
  }
}

function headingOf(row: Row): MemoryHeading {
  return {
    id: row.id as NoteId,
    title: row.title as string,
    tags: row.tags === '' ? [] : (JSON.parse(row.tags as string) as string[]),
    provenance: row.source === null ? { kind: 'own' } : { kind: 'external', source: row.source as string },
    updated: row.updated as Instant,
    bytes: row.bytes as number,
  };
}

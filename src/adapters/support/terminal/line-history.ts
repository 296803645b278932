import { constants } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The most entries that are remembered. */
const MAX_ENTRIES = 1_000;
/** A longer line is used once and not remembered. */
const MAX_LENGTH = 10_000;

/** How a history is kept. */
export interface LineHistoryOptions {
  /** The file, one JSON text per line, 0600; without it the history lives as long as the process. */
  readonly path?: string;
  /** Whether a line must not be kept: it holds a secret. */
  readonly secret: (line: string) => boolean;
}

/** The lines that the person entered, the oldest first. Lines with secrets and `/vault` lines are never kept. */
export class LineHistory {
  readonly #options: LineHistoryOptions;
  #entries: string[] = [];
  #torn = false;

  constructor(options: LineHistoryOptions) {
    this.#options = options;
  }

  get entries(): readonly string[] {
    return this.#entries;
  }

  /** Reads the file; a missing or damaged one is an empty history, a damaged line is skipped. */
  async load(): Promise<void> {
    const { path } = this.#options;
    if (path === undefined) return;
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch {
      return;
    }
    this.#torn = text !== '' && !text.endsWith('\n');
    const entries: string[] = [];
    for (const line of text.split('\n')) {
      try {
        const entry: unknown = JSON.parse(line);
        if (typeof entry === 'string') entries.push(entry);
      } catch {
        // A torn last line, or one that another program wrote.
      }
    }
    this.#entries = entries.slice(-MAX_ENTRIES);
    if (entries.length > 2 * MAX_ENTRIES) await this.#write(this.#entries, constants.O_TRUNC).catch(() => {});
  }

  /** Remembers a line, unless it is blank, too long, secret, or the same as the last one. A file that cannot be written is no reason to fail. */
  async add(line: string): Promise<void> {
    if (line.trim() === '' || line.length > MAX_LENGTH || line === this.#entries.at(-1)) return;
    if (/^\s*\/vault\b/.test(line) || this.#options.secret(line)) return;
    this.#entries.push(line);
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
    await this.#write([line], constants.O_APPEND).catch(() => {});
  }

  async #write(lines: readonly string[], flag: number): Promise<void> {
    const { path } = this.#options;
    if (path === undefined) return;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // A planted link must not make the history land elsewhere.
    const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | flag, 0o600);
    try {
      await file.chmod(0o600);
      const start = this.#torn && flag === constants.O_APPEND ? '\n' : '';
      this.#torn = false;
      await file.writeFile(start + lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    } finally {
      await file.close();
    }
  }
}

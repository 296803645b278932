import { constants } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { cleanOutput } from '../../core/domain/clean-output.js';
import { visible } from '../../core/domain/untrusted.js';
import type { System } from '../../ports/system.js';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
const MODE = 0o600;
const MAX_FILE_BYTES = 1_000_000;
const LONGEST_TEXT = 4_000;
/** What one plugin may fill a log with in a minute, in characters. */
const MAX_PER_MINUTE = 64 * 1024;

/** What the log is made from. */
export interface ProviderErrorLogParts {
  /** The file, `logs/plugin_errors.log`; the older half is kept beside it with the ending `.1`. */
  readonly path: string;
  readonly system: Pick<System, 'now'>;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
}

/** Writes down what plugins say on stderr and why they ended, redacted. A log that cannot be written stops nothing. */
export class ProviderErrorLog {
  readonly #parts: ProviderErrorLogParts;
  readonly #used = new Map<string, { readonly minute: string; readonly characters: number }>();
  #writing: Promise<void> = Promise.resolve();
  #waiting: string[] = [];

  constructor(parts: ProviderErrorLogParts) {
    this.#parts = parts;
  }

  /** Takes a text of a plugin's; what is too much for a minute is left out, which is said once. */
  write(plugin: string, text: string): void {
    const { system, redact } = this.#parts;
    const at = system.now();
    const minute = at.slice(0, 16);
    const before = this.#used.get(plugin);
    const used = before?.minute === minute ? before.characters : 0;
    if (used > MAX_PER_MINUTE) return;
    // Twice: what is taken out of a text can join the parts of a secret, or belong to one.
    const shown = visible(redact(cleanOutput(redact(text))).trimEnd())
      .slice(0, LONGEST_TEXT)
      .toWellFormed();
    if (shown === '') return;
    const characters = used + shown.length;
    this.#used.set(plugin, { minute, characters });
    this.#waiting.push(`${at} ${plugin}: ${shown.replaceAll('\n', '\n  ')}\n`);
    if (characters > MAX_PER_MINUTE) this.#waiting.push(`${at} ${plugin}: (what more it says in this minute is left out)\n`);
    if (this.#waiting.length === 1 || this.#waiting.length === 2) this.#writing = this.#writing.then(() => this.#append());
  }

  /** Resolves when everything is written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #append(): Promise<void> {
    const text = this.#waiting.join('');
    this.#waiting = [];
    if (text === '') return;
    try {
      let file = await this.#open();
      try {
        const { size } = await file.stat();
        if (size > 0 && size + Buffer.byteLength(text) > MAX_FILE_BYTES) {
          await file.close();
          await rename(this.#parts.path, `${this.#parts.path}.1`);
          file = await this.#open();
        }
        await file.appendFile(text);
      } finally {
        await file.close();
      }
    } catch {
      // A full disk must not make a tool fail that did its work.
    }
  }

  async #open(): Promise<FileHandle> {
    const file = await open(this.#parts.path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, MODE);
    if (((await file.stat()).mode & 0o777) !== MODE) await file.chmod(MODE);
    return file;
  }
}

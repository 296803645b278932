import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DEFAULT_SETTINGS, type Settings } from '../../core/domain/settings.js';
import type { SettingsStore } from '../../ports/settings-store.js';
import { writeFileAtomic } from '../support/atomic-file.js';
import { withFileLock } from '../support/file-lock.js';
import { plantedLink, systemErrorCode } from '../support/write-error.js';
import { invalidFile } from './invalid-file.js';
import { SettingsCache } from './settings-cache.js';
import type { checkedSettings, SettingsDocument } from './settings-document.js';

const MAX_BYTES = 1_000_000;

/** What reads and writes YAML: loaded when it is needed, since a start rarely needs it. */
export interface SettingsDocuments {
  readonly SettingsDocument: typeof SettingsDocument;
  readonly checkedSettings: typeof checkedSettings;
}

/** The settings in `config.yaml`, which the person edits by hand as well. */
export class YamlSettingsStore implements SettingsStore {
  readonly #path: string;
  readonly #cache: SettingsCache;
  readonly #documents: () => Promise<SettingsDocuments>;
  /** What this process knows: only what it changed itself is written, so that an edit by hand meanwhile stays. */
  #known: Settings | undefined;
  /** What was read last: every call of a tool reads the settings, and they are nearly always the same. */
  #last: { readonly text: string; readonly settings: Settings } | undefined;

  /** `config`, `cache`: the absolute paths of `config.yaml` and of what spares its parsing; `documents` loads settings-document.ts. */
  constructor(config: string, cache: string, documents: () => Promise<SettingsDocuments>) {
    this.#path = config;
    this.#cache = new SettingsCache(cache);
    this.#documents = documents;
  }

  async load(): Promise<Settings> {
    const text = await readText(this.#path);
    this.#known = text === undefined ? structuredClone(DEFAULT_SETTINGS) : await this.#read(text);
    return structuredClone(this.#known);
  }

  async save(settings: Settings): Promise<void> {
    const documents = await this.#documents();
    const checked = documents.checkedSettings(settings);
    await this.#alone(async () => {
      const text = await readText(this.#path);
      const document = new documents.SettingsDocument(text ?? '');
      const before = (text === undefined ? undefined : this.#known) ?? document.settings;
      await writeFileAtomic(this.#path, document.textWith(before, checked), 0o600);
    });
    this.#known = checked;
  }

  async update(change: (now: Settings) => Settings): Promise<Settings> {
    const documents = await this.#documents();
    return this.#alone(async () => {
      const document = new documents.SettingsDocument((await readText(this.#path)) ?? '');
      const checked = documents.checkedSettings(change(structuredClone(document.settings)));
      await writeFileAtomic(this.#path, document.textWith(document.settings, checked), 0o600);
      this.#known = checked;
      return structuredClone(checked);
    });
  }

  #alone<T>(run: () => Promise<T>): Promise<T> {
    return withFileLock(join(dirname(this.#path), `.${basename(this.#path)}.lock`), run);
  }

  async #read(text: string): Promise<Settings> {
    if (this.#last?.text !== text) this.#last = { text, settings: await this.#settingsOf(text) };
    return this.#last.settings;
  }

  async #settingsOf(text: string): Promise<Settings> {
    const cached = this.#cache.settingsOf(text);
    if (cached !== undefined) return cached;
    const { SettingsDocument } = await this.#documents();
    const { settings } = new SettingsDocument(text);
    await this.#cache.keep(text, settings);
    return settings;
  }
}

async function readText(path: string): Promise<string | undefined> {
  let file: number;
  try {
    // Not waiting for a writer: a pipe that was planted here would hold the program for ever.
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT') return undefined;
    if (code === 'ELOOP') throw plantedLink(path);
    throw invalidFile('cannot be read', `see who owns it, and its mode: ls -l ${path}`, error);
  }
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw invalidFile('is not a file', `move it away: ${path}`);
    if (status.size > MAX_BYTES) throw invalidFile('is larger than 1 MB', `look at it: ${path}`);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof TypeError) throw invalidFile('is not UTF-8 text', `save it as UTF-8: ${path}`, error);
    throw error;
  } finally {
    closeSync(file);
  }
}

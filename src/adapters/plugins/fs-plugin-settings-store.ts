import { constants } from 'node:fs';
import { type FileHandle, open, readdir, unlink } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { PyraError } from '../../core/domain/errors.js';
import { isJsonObject } from '../../core/domain/json.js';
import { isPluginName } from '../../core/domain/parse-plugin-manifest.js';
import type { PluginAnswers, PluginSettings } from '../../core/domain/plugin.js';
import type { PluginAccount, PluginName } from '../../core/domain/plugin-manifest.js';
import type { PluginSettingsStore } from '../../ports/plugin-library.js';
import { writeFileAtomic } from '../support/atomic-file.js';
import { withFileLock } from '../support/file-lock.js';
import { makeFolders } from '../support/make-folders.js';
import { ownFileText } from '../support/own-file.js';
import { safePath } from '../support/safe-path.js';
import { systemErrorCode } from '../support/write-error.js';
import { DATA_FOLDER } from './plugin-files.js';
import { answersPath, MAX_RECORD_BYTES } from './plugin-record.js';

/** The largest file that a question takes, in bytes. */
const MAX_FILE_BYTES = 1_000_000;
/** A file with this key is trusted for TLS. */
const CERTIFICATE_KEY = 'ca';
const CERTIFICATE = '-----BEGIN CERTIFICATE-----';

/** The answers to plugins' questions, one file each in `state/plugins/`, where no plugin can write. */
export class FsPluginSettingsStore implements PluginSettingsStore {
  readonly #plugins: string;
  readonly #state: string;

  /** `plugins`, `state`: `plugins/` and `state/plugins/` of the home, absolute. */
  constructor(plugins: string, state: string) {
    this.#plugins = plugins;
    this.#state = state;
  }

  async load(name: PluginName): Promise<PluginSettings> {
    const text = ownFileText(answersPath(this.#state, checked(name)), MAX_RECORD_BYTES);
    if (text === undefined) return {};
    try {
      const value: unknown = JSON.parse(text);
      if (isJsonObject(value) && Object.values(value).every(isJsonObject)) return value as PluginSettings;
    } catch {
      // Told below.
    }
    throw new PyraError('home/insecure', `state/plugins/${name}.settings.json is damaged`, {
      hint: `remove it and answer the questions again: pyra plugin setup ${name}`,
    });
  }

  async save(name: PluginName, settings: PluginSettings): Promise<void> {
    await this.#alone(name, async () => settings);
  }

  async saveAccount(name: PluginName, account: PluginAccount, answers: PluginAnswers): Promise<void> {
    await this.#alone(name, async () => ({ ...(await this.load(name)), [account]: answers }));
  }

  async forgetAccount(name: PluginName, account: PluginAccount): Promise<boolean> {
    let forgotten: PluginAnswers | undefined;
    await this.#alone(name, async () => {
      const { [account]: gone, ...others } = await this.load(name);
      forgotten = gone;
      return others;
    });
    for (const [key, value] of Object.entries(forgotten ?? {})) {
      const stem = `${account}.${key}`;
      // Only an answer to a question for a file is the name of one that was kept.
      if (typeof value === 'string' && isKept(value, stem)) await this.#dropEarlier(name, stem, '');
    }
    return forgotten !== undefined;
  }

  async keepFile(name: PluginName, account: PluginAccount, key: string, path: string): Promise<string> {
    const content = await contentOf(path);
    // Whatever else it is, such as a file of passwords named by mistake, does not belong there.
    if (key === CERTIFICATE_KEY && !Buffer.from(content).includes(CERTIFICATE)) {
      throw new PyraError('not-found', `there is no certificate in ${basename(path)}: a PEM file has a line ${CERTIFICATE}`);
    }
    const ending = /^\.[A-Za-z0-9]{1,8}$/.exec(extname(path))?.[0] ?? '';
    const kept = `${account}.${key}${ending.toLowerCase()}`;
    const target = await safePath(this.#plugins, `${checked(name)}/${DATA_FOLDER}/${kept}`);
    makeFolders(await safePath(this.#plugins, `${name}/${DATA_FOLDER}`));
    await writeFileAtomic(target, content, 0o600);
    await this.#dropEarlier(name, `${account}.${key}`, kept);
    return kept;
  }

  /** Removes what was kept for the same question under another ending. */
  async #dropEarlier(name: PluginName, stem: string, kept: string): Promise<void> {
    const folder = await safePath(this.#plugins, `${name}/${DATA_FOLDER}`);
    for (const found of await readdir(folder).catch(() => [])) {
      if (isKept(found, stem) && found !== kept) await unlink(join(folder, found));
    }
  }

  /** Stores what `change` gives, while nobody else stores anything for this plugin. */
  async #alone(name: PluginName, change: () => Promise<PluginSettings>): Promise<void> {
    const path = answersPath(this.#state, checked(name));
    makeFolders(this.#state);
    await withFileLock(join(this.#state, `.${name}.settings.lock`), async () => {
      await writeFileAtomic(path, `${JSON.stringify(await change())}\n`, 0o600);
    });
  }
}

/** Whether a file was kept for a question, with any ending. */
function isKept(name: string, stem: string): boolean {
  return name === stem || (name.startsWith(`${stem}.`) && /^\.[a-z0-9]{1,8}$/.test(name.slice(stem.length)));
}

async function contentOf(path: string): Promise<Uint8Array> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    if (systemErrorCode(cause) === undefined) throw cause;
    throw new PyraError('not-found', `${basename(path)} cannot be read`, {
      hint: 'name a file that is there, and that you may read',
      cause,
    });
  }
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new PyraError('not-found', `${basename(path)} is not a file`);
    if (status.size > MAX_FILE_BYTES) throw new PyraError('limit/reached', `${basename(path)} is larger than 1 MB`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function checked(name: PluginName): PluginName {
  if (isPluginName(name)) return name;
  throw new PyraError('usage', 'this is no name of a plugin');
}

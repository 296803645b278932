import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolFailure } from 'pyra/plugin';

/** An entry as it was before a change. */
export interface KeptVersion {
  /** What it is called: the time of the change. */
  readonly version: string;
  /** What was done to it then: `update`, `delete`, `invite`, `restore`. */
  readonly change: string;
  readonly path: string;
  readonly account: string;
  readonly text: string;
}

const MOST_VERSIONS = 20;
const MOST_ENTRIES = 1_000;

/** The versions of entries before they were changed, in the plugin's data folder. */
export class KeptVersions {
  readonly #folder: string;

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'versions');
  }

  /**
   * Keeps a version, whole or not at all; of one entry at most twenty, the oldest go. A plugin's process may not wait for the disk (fsync).
   * @throws ToolFailure when it cannot be kept: then nothing may be changed.
   */
  async keep(entry: Omit<KeptVersion, 'version'>): Promise<void> {
    try {
      await this.#write(entry);
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : '';
      throw new ToolFailure(`what is there now could not be kept in the data folder of the plugin${code}, so nothing was changed`, {
        cause,
      });
    }
  }

  async #write(entry: Omit<KeptVersion, 'version'>): Promise<void> {
    const folder = this.#folderOf(entry.account, entry.path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const names = await this.#names(folder);
    const version = laterThan(names.at(-1)?.slice(0, -5));
    const file = join(folder, `${version}.json`);
    await writeFile(`${file}.new`, JSON.stringify({ version, ...entry }), { mode: 0o600 });
    await rename(`${file}.new`, file);
    for (const name of names.slice(0, Math.max(0, names.length + 1 - MOST_VERSIONS))) await rm(join(folder, name), { force: true });
    await this.#forgetOldest();
  }

  /** The versions of an entry, the newest first. */
  async of(account: string, path: string): Promise<readonly KeptVersion[]> {
    const folder = this.#folderOf(account, path);
    const found: KeptVersion[] = [];
    for (const name of (await this.#names(folder)).toReversed()) {
      const read = await readFile(join(folder, name), 'utf8').then(parse, () => undefined);
      if (read?.account === account && read.path === path) found.push(read);
    }
    return found;
  }

  #folderOf(account: string, path: string): string {
    return join(this.#folder, createHash('sha256').update(`${account}\n${path}`).digest('hex').slice(0, 32));
  }

  async #names(folder: string): Promise<readonly string[]> {
    const names = await readdir(folder).catch((): readonly string[] => []);
    return names.filter((name) => name.endsWith('.json')).toSorted();
  }

  async #forgetOldest(): Promise<void> {
    const folders = await readdir(this.#folder);
    if (folders.length <= MOST_ENTRIES) return;
    const dated = await Promise.all(
      folders.map(async (name) => ({ name, last: (await this.#names(join(this.#folder, name))).at(-1) ?? '' })),
    );
    const oldest = dated.toSorted((left, right) => left.last.localeCompare(right.last)).slice(0, folders.length - MOST_ENTRIES);
    for (const { name } of oldest) await rm(join(this.#folder, name), { recursive: true, force: true });
  }
}

/** A name for now that comes after the last one, whatever the clock says. */
function laterThan(last: string | undefined): string {
  const name = (instant: number) => new Date(instant).toISOString().replace(/[:.]/g, '-');
  const now = name(Date.now());
  if (last === undefined || now > last) return now;
  const [, day, hours, minutes, seconds, milliseconds] = /^(.+)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z$/.exec(last) ?? [];
  const before = Date.parse(`${day}T${hours}:${minutes}:${seconds}.${milliseconds}Z`);
  return Number.isNaN(before) ? now : name(before + 1);
}

function parse(text: string): KeptVersion | undefined {
  try {
    return JSON.parse(text) as KeptVersion;
  } catch {
    return undefined;
  }
}

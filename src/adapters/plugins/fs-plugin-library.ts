import { realpathSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PyraError } from '../../core/domain/errors.js';
import type { Instant } from '../../core/domain/identifiers.js';
import { badManifest, isPluginName } from '../../core/domain/parse-plugin-manifest.js';
import type { InstalledPlugin, PluginPackage, PluginSource } from '../../core/domain/plugin.js';
import type { PluginName } from '../../core/domain/plugin-manifest.js';
import type { PluginLibrary } from '../../ports/plugin-library.js';
import { sweepTemporaryFiles } from '../support/atomic-file.js';
import { withFileLock } from '../support/file-lock.js';
import { makeFolders } from '../support/make-folders.js';
import { systemErrorCode } from '../support/write-error.js';
import { fileDifferences, fileDigests } from './file-digests.js';
import { placeFiles, removeFiles, stageFiles } from './placed-files.js';
import type { plainJavaScript } from './plain-javascript.js';
import { contentsOf, DATA_FOLDER, filesOf, linksIn } from './plugin-files.js';
import { deleteRecord, type PluginRecord, PluginRecords, recordedNames, writeRecord } from './plugin-record.js';
import { type ReadPlugin, readInstalled, readSource } from './plugin-source.js';

/** Where a library keeps things, and what it needs besides. */
export interface LibraryPlaces {
  /** `plugins/` of the home, absolute. */
  readonly plugins: string;
  /** `state/plugins/` of the home, absolute. */
  readonly state: string;
  /** The folder of the plugins that Pyra brings, absolute. */
  readonly bundled: string;
  readonly now: () => Instant;
  /** Loads what makes JavaScript of TypeScript. */
  readonly strip: () => Promise<typeof plainJavaScript>;
}

/**
 * Installed plugins as folders of the home, with a record of each where no plugin can write. The record is written first and says what is
 * still to be done: whoever looks next brings it to its end. So a plugin is the old or the new one, whenever the process was killed.
 */
export class FsPluginLibrary implements PluginLibrary {
  readonly #places: LibraryPlaces;
  readonly #records: PluginRecords;

  constructor(places: LibraryPlaces) {
    this.#places = places;
    this.#records = new PluginRecords(places.state);
  }

  async bundled(): Promise<readonly PluginPackage[]> {
    const entries = await readdir(this.#places.bundled).catch((error: unknown) => {
      if (systemErrorCode(error) === 'ENOENT') return [];
      throw error;
    });
    const names = entries.filter(isPluginName).sort();
    return Promise.all(names.map((name) => this.inspect({ kind: 'bundled', name })));
  }

  async list(): Promise<readonly InstalledPlugin[]> {
    const records = await Promise.all(recordedNames(this.#places.state).map((name) => this.#settled(name)));
    return records.filter((record) => record !== undefined).map((record) => this.#installed(record));
  }

  async inspect(source: PluginSource): Promise<PluginPackage> {
    const read = await this.#read(source);
    const files = read.files.map(({ path, content }) => ({ path, bytes: content.byteLength }));
    return { manifest: read.manifest, source: absolute(source), digest: read.digest, files: files.sort(byPath) };
  }

  async install(source: PluginSource, digest: string): Promise<InstalledPlugin> {
    const { plugins, state, now } = this.#places;
    const read = await this.#read(source);
    const { name } = read.manifest;
    if (read.digest !== digest) throw badManifest(name, ['its files are not those that were looked at: something changed them meanwhile']);
    makeFolders(plugins);
    await this.#sweep();
    return this.#alone(name, async () => {
      await this.#finish(name);
      const staged = await stageFiles(plugins, name, read.files);
      const { manifest } = read;
      const record: PluginRecord = {
        v: 1,
        manifest,
        source: absolute(source),
        digest,
        files: fileDigests(read.files),
        installedAt: now(),
      };
      await writeRecord(state, { ...record, pending: { staged } });
      return this.#installed((await this.#finish(name)) ?? record);
    });
  }

  async faults(plugin: InstalledPlugin): Promise<readonly string[]> {
    const record = await this.#settled(plugin.manifest.name);
    if (record === undefined) return ['it is not installed any more'];
    const { folder } = this.#installed(record);
    try {
      const links = await linksIn(folder);
      if (links.length > 0) return links;
      return fileDifferences(record.files, fileDigests(await contentsOf(folder, await filesOf(folder))));
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      return [systemErrorCode(error) === 'ENOENT' ? 'its folder, or a part of it, is missing' : 'its folder cannot be read'];
    }
  }

  async mark(name: PluginName, mark: { readonly accepted: true } | { readonly blocked: string }): Promise<InstalledPlugin> {
    return this.#alone(name, async () => {
      const record = await this.#finish(name);
      if (record === undefined) throw notInstalled(name);
      const { blocked: _before, ...rest } = record;
      const next: PluginRecord =
        'blocked' in mark
          ? { ...rest, blocked: { reason: mark.blocked, at: this.#places.now() } }
          : { ...rest, ...(await acceptedFiles(this.#installed(record).folder, name)) };
      await writeRecord(this.#places.state, next);
      return this.#installed(next);
    });
  }

  async remove(name: PluginName): Promise<boolean> {
    if (!isPluginName(name)) return false;
    await this.#sweep();
    return this.#alone(name, async () => {
      const record = await this.#finish(name);
      if (record === undefined) return false;
      await writeRecord(this.#places.state, { ...record, pending: { removal: true } });
      await this.#finish(name);
      return true;
    });
  }

  #read(source: PluginSource): Promise<ReadPlugin> {
    const { bundled, strip } = this.#places;
    if (source.kind === 'folder') {
      const folder = resolve(source.path);
      return this.#isInstalled(folder) ? readInstalled(folder) : readSource(folder, strip);
    }
    if (!isPluginName(source.name)) throw noSuchPlugin(source.name);
    return readSource(join(bundled, source.name), strip).catch((error: unknown) => {
      if (error instanceof PyraError && error.code === 'not-found') throw noSuchPlugin(source.name);
      throw error;
    });
  }

  /** Whether a folder is that of an installed plugin: it is then looked at exactly as it stands. */
  #isInstalled(folder: string): boolean {
    return [this.#places.plugins, real(this.#places.plugins)].some((root) => resolve(folder, '..') === root);
  }

  /** The record of a plugin after what was begun is brought to its end. */
  async #settled(name: PluginName): Promise<PluginRecord | undefined> {
    const record = this.#records.read(name);
    return record?.pending === undefined ? record : this.#alone(name, () => this.#finish(name));
  }

  /** Removes what killed processes left, once nothing of it is needed to finish what they began. */
  async #sweep(): Promise<void> {
    await this.list();
    await sweepTemporaryFiles(this.#places.plugins);
    await sweepTemporaryFiles(this.#places.state);
  }

  /** Does what the record says is still to do; only while the plugin is locked. */
  async #finish(name: PluginName): Promise<PluginRecord | undefined> {
    const { plugins, state } = this.#places;
    const record = this.#records.read(name);
    if (record?.pending === undefined) return record;
    const { pending, ...done } = record;
    if ('removal' in pending) {
      await removeFiles(plugins, name);
      await deleteRecord(state, name);
      return undefined;
    }
    await placeFiles(plugins, name, pending.staged);
    await writeRecord(state, done);
    return done;
  }

  #alone<T>(name: PluginName, run: () => Promise<T>): Promise<T> {
    makeFolders(this.#places.state);
    return withFileLock(join(this.#places.state, `.${name}.lock`), run);
  }

  #installed({ manifest, source, digest, installedAt, blocked }: PluginRecord): InstalledPlugin {
    const folder = join(real(this.#places.plugins), manifest.name);
    return {
      manifest,
      source,
      folder,
      dataFolder: join(folder, DATA_FOLDER),
      digest,
      installedAt,
      ...(blocked === undefined ? {} : { blocked }),
    };
  }
}

async function acceptedFiles(folder: string, name: PluginName): Promise<Pick<PluginRecord, 'manifest' | 'digest' | 'files'>> {
  const { manifest, digest, files } = await readInstalled(folder);
  if (manifest.name !== name) throw badManifest(name, [`name: is ${manifest.name} now; a plugin keeps its name`]);
  return { manifest, digest, files: fileDigests(files) };
}

function absolute(source: PluginSource): PluginSource {
  return source.kind === 'folder' ? { kind: 'folder', path: resolve(source.path) } : source;
}

function byPath(left: { readonly path: string }, right: { readonly path: string }): number {
  return left.path < right.path ? -1 : 1;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function noSuchPlugin(name: string): PyraError {
  return new PyraError('not-found', `Pyra brings no plugin ${JSON.stringify(name.slice(0, 80))}`, {
    hint: 'pyra plugin list shows those that it brings; for a folder write its path, such as ./weather',
  });
}

function notInstalled(name: string): PyraError {
  return new PyraError('not-found', `there is no plugin ${JSON.stringify(name.slice(0, 80))}`, { hint: 'pyra plugin list shows all' });
}

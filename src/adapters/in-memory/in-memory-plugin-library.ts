import { createHash } from 'node:crypto';
import { PyraError } from '../../core/domain/errors.js';
import type { Instant } from '../../core/domain/identifiers.js';
import { badManifest, parsePluginManifest } from '../../core/domain/parse-plugin-manifest.js';
import type { InstalledPlugin, PluginPackage, PluginSettings, PluginSource } from '../../core/domain/plugin.js';
import type { PluginName } from '../../core/domain/plugin-manifest.js';
import type { PluginLibrary } from '../../ports/plugin-library.js';

/** The files of a plugin by their paths; `manifest.json` among them. */
export type PluginTexts = Readonly<Record<string, string>>;

/** What is installed and answered; a library and a settings store over the same one are those of one home. */
export interface PluginMemory {
  readonly installed: Map<PluginName, { plugin: InstalledPlugin; accepted: PluginTexts; files: PluginTexts }>;
  readonly settings: Map<PluginName, PluginSettings>;
}

/** Plugins that live as long as this object: for tests and scripts. */
export class InMemoryPluginLibrary implements PluginLibrary {
  readonly #memory: PluginMemory;
  readonly #sources = new Map<string, { readonly source: PluginSource; readonly files: PluginTexts }>();
  readonly #now: () => Instant;

  constructor(memory: PluginMemory = { installed: new Map(), settings: new Map() }, now: () => Instant = () => '' as Instant) {
    this.#memory = memory;
    this.#now = now;
  }

  /** Puts a plugin where it can be installed from, in place of what was there. */
  offer(source: PluginSource, files: PluginTexts): PluginSource {
    this.#sources.set(keyOf(source), { source, files });
    return source;
  }

  /** Changes a file of an installed plugin behind the library's back; `undefined` takes it away. */
  tamper(name: PluginName, path: string, content: string | undefined): void {
    const kept = this.#memory.installed.get(name);
    if (kept === undefined) return;
    const { [path]: _old, ...others } = kept.files;
    kept.files = content === undefined ? others : { ...others, [path]: content };
  }

  async bundled(): Promise<readonly PluginPackage[]> {
    const sources = [...this.#sources.values()].filter(({ source }) => source.kind === 'bundled');
    return sources.map(({ source, files }) => packageOf(source, files)).sort(byName);
  }

  async list(): Promise<readonly InstalledPlugin[]> {
    return [...this.#memory.installed.values()].map(({ plugin }) => plugin).sort(byName);
  }

  async inspect(source: PluginSource): Promise<PluginPackage> {
    return packageOf(source, this.#filesOf(source));
  }

  async install(source: PluginSource, digest: string): Promise<InstalledPlugin> {
    const files = this.#filesOf(source);
    const { manifest, digest: found } = packageOf(source, files);
    if (found !== digest) throw badManifest(manifest.name, ['its files are not those that were looked at']);
    const folder = folderOf(manifest.name);
    const plugin: InstalledPlugin = { manifest, source, folder, dataFolder: `${folder}/data`, digest, installedAt: this.#now() };
    this.#memory.installed.set(manifest.name, { plugin, accepted: files, files });
    return plugin;
  }

  async faults({ manifest }: InstalledPlugin): Promise<readonly string[]> {
    const kept = this.#memory.installed.get(manifest.name);
    if (kept === undefined) return ['it is not installed any more'];
    const paths = [...new Set([...Object.keys(kept.accepted), ...Object.keys(kept.files)])].sort();
    return paths.flatMap((path) => {
      const [before, now] = [kept.accepted[path], kept.files[path]];
      if (before === undefined) return [`${path} was added`];
      if (now === undefined) return [`${path} is missing`];
      return before === now ? [] : [`${path} was changed`];
    });
  }

  async mark(name: PluginName, mark: { readonly accepted: true } | { readonly blocked: string }): Promise<InstalledPlugin> {
    const kept = this.#memory.installed.get(name);
    if (kept === undefined) throw new PyraError('not-found', `there is no plugin ${name}`, { hint: 'pyra plugin list shows all' });
    const { blocked: _before, ...rest } = kept.plugin;
    if ('blocked' in mark) kept.plugin = { ...rest, blocked: { reason: mark.blocked, at: this.#now() } };
    else {
      const { manifest, digest } = packageOf(rest.source, kept.files);
      if (manifest.name !== name) throw badManifest(name, [`name: is ${manifest.name} now; a plugin keeps its name`]);
      kept.plugin = { ...rest, manifest, digest };
      kept.accepted = kept.files;
    }
    return kept.plugin;
  }

  async remove(name: PluginName): Promise<boolean> {
    this.#memory.settings.delete(name);
    return this.#memory.installed.delete(name);
  }

  #filesOf(source: PluginSource): PluginTexts {
    const offered = this.#sources.get(keyOf(source))?.files;
    if (offered !== undefined) return offered;
    const installed = [...this.#memory.installed.values()].find(({ plugin }) => source.kind === 'folder' && plugin.folder === source.path);
    if (installed === undefined) throw new PyraError('not-found', `there is no plugin ${keyOf(source)}`, { hint: 'pyra plugin list' });
    return installed.files;
  }
}

function packageOf(source: PluginSource, files: PluginTexts): PluginPackage {
  const text = files['manifest.json'];
  if (text === undefined) throw new PyraError('not-found', 'there is no manifest.json', { hint: 'name the folder of a plugin' });
  const manifest = parsePluginManifest(text);
  if (files[manifest.entry] === undefined) throw badManifest(manifest.name, [`entry: there is no ${manifest.entry}`]);
  if (Object.keys(files).some((path) => path.includes('node_modules/'))) {
    throw badManifest(manifest.name, ['it has node_modules. A plugin ships built']);
  }
  const sorted = Object.entries(files).sort(([left], [right]) => (left < right ? -1 : 1));
  return {
    manifest,
    source,
    digest: createHash('sha256').update(JSON.stringify(sorted)).digest('hex'),
    files: sorted.map(([path, content]) => ({ path, bytes: Buffer.byteLength(content) })),
  };
}

function byName(left: { readonly manifest: { readonly name: string } }, right: { readonly manifest: { readonly name: string } }): number {
  return left.manifest.name < right.manifest.name ? -1 : 1;
}

function keyOf(source: PluginSource): string {
  return source.kind === 'bundled' ? source.name : source.path;
}

function folderOf(name: PluginName): string {
  return `/plugins/${name}`;
}

import { PyraError } from '../../core/domain/errors.js';
import type { PluginAnswers, PluginSettings } from '../../core/domain/plugin.js';
import type { PluginAccount, PluginName } from '../../core/domain/plugin-manifest.js';
import type { PluginSettingsStore } from '../../ports/plugin-library.js';

/** Answers that live as long as the map that they are kept in. */
export class InMemoryPluginSettingsStore implements PluginSettingsStore {
  readonly #settings: Map<PluginName, PluginSettings>;
  readonly #files: ReadonlyMap<string, number>;

  /** `files`: the files that a person could name, with their sizes in bytes. */
  constructor(settings: Map<PluginName, PluginSettings> = new Map(), files: ReadonlyMap<string, number> = new Map()) {
    this.#settings = settings;
    this.#files = files;
  }

  async load(name: PluginName): Promise<PluginSettings> {
    return structuredClone(this.#settings.get(name) ?? {});
  }

  async save(name: PluginName, settings: PluginSettings): Promise<void> {
    this.#settings.set(name, structuredClone(settings));
  }

  async saveAccount(name: PluginName, account: PluginAccount, answers: PluginAnswers): Promise<void> {
    this.#settings.set(name, structuredClone({ ...this.#settings.get(name), [account]: answers }));
  }

  async forgetAccount(name: PluginName, account: PluginAccount): Promise<boolean> {
    const { [account]: forgotten, ...others } = this.#settings.get(name) ?? {};
    if (forgotten !== undefined) this.#settings.set(name, others);
    return forgotten !== undefined;
  }

  async keepFile(_name: PluginName, account: PluginAccount, key: string, path: string): Promise<string> {
    const bytes = this.#files.get(path);
    if (bytes === undefined) throw new PyraError('not-found', `${path} cannot be read`, { hint: 'name a file that is there' });
    if (bytes > 1_000_000) throw new PyraError('limit/reached', `${path} is larger than 1 MB`);
    return `${account}.${key}${/\.[A-Za-z0-9]{1,8}$/.exec(path)?.[0].toLowerCase() ?? ''}`;
  }
}

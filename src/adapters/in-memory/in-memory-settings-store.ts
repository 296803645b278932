import { DEFAULT_SETTINGS, type Settings } from '../../core/domain/settings.js';
import type { SettingsStore } from '../../ports/settings-store.js';

/** Settings that live as long as this object. What it is given counts as right: it has no file that a person could have written. */
export class InMemorySettingsStore implements SettingsStore {
  #settings: Settings;

  constructor(settings: Settings = DEFAULT_SETTINGS) {
    this.#settings = structuredClone(settings);
  }

  async load(): Promise<Settings> {
    return structuredClone(this.#settings);
  }

  async save(settings: Settings): Promise<void> {
    this.#settings = structuredClone(settings);
  }

  async update(change: (now: Settings) => Settings): Promise<Settings> {
    this.#settings = structuredClone(change(structuredClone(this.#settings)));
    return structuredClone(this.#settings);
  }
}

import type { Settings } from '../core/domain/settings.js';

/** Keeps the person's settings. */
export interface SettingsStore {
  /** The settings, defaults filled in; defaults alone when nothing was saved yet; `settings/invalid` names every wrong key with its nearest known one. */
  load(): Promise<Settings>;
  /** Stores them whole or not at all; the person's comments and order survive. `settings/invalid` leaves the old ones. */
  save(settings: Settings): Promise<void>;
}

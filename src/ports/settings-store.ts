import type { Settings } from '../core/domain/settings.js';

/** Keeps the person's settings. */
export interface SettingsStore {
  /** The settings, defaults filled in; defaults alone when nothing was saved yet; `settings/invalid` names every wrong key with its nearest known one. */
  load(): Promise<Settings>;
  /** Stores them whole or not at all; the person's comments and order survive. `settings/invalid` leaves the old ones. */
  save(settings: Settings): Promise<void>;
  /** Stores what `change` makes of the settings as they are then, while nobody else stores anything; gives what was stored. Fails as `save` does. */
  update(change: (now: Settings) => Settings): Promise<Settings>;
}

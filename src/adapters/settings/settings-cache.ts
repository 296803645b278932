import { readFileSync } from 'node:fs';
import { isJsonObject } from '../../core/domain/json.js';
import { DEFAULT_SETTINGS, type Settings } from '../../core/domain/settings.js';
import { writeFileAtomic } from '../support/atomic-file.js';

// Counted up whenever the schema changes what it accepts: new settings alone change the defaults, which are compared as well.
const FORMAT = `2 ${JSON.stringify(DEFAULT_SETTINGS)}`;

/**
 * What a text of `config.yaml` came to when it was last read. The parser and the validator take longer to load than all else that a start
 * needs; the text is nearly always the same.
 */
export class SettingsCache {
  readonly #path: string;

  /** `path`: the absolute path of the cache's file, in a folder that is the person's alone. */
  constructor(path: string) {
    this.#path = path;
  }

  /** The settings of exactly this text, if they are known. */
  settingsOf(text: string): Settings | undefined {
    try {
      const stored: unknown = JSON.parse(readFileSync(this.#path, 'utf8'));
      if (!isJsonObject(stored) || stored.format !== FORMAT || stored.text !== text) return undefined;
      return isJsonObject(stored.settings) ? (stored.settings as unknown as Settings) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Remembers them; does without where the file cannot be written. */
  async keep(text: string, settings: Settings): Promise<void> {
    await writeFileAtomic(this.#path, JSON.stringify({ format: FORMAT, text, settings }), 0o600).catch(() => undefined);
  }
}

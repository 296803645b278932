import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PyraError } from '../../core/domain/errors.js';
import type { Instant } from '../../core/domain/identifiers.js';
import { isJsonObject } from '../../core/domain/json.js';
import { isPluginName } from '../../core/domain/parse-plugin-manifest.js';
import type { PluginSource } from '../../core/domain/plugin.js';
import type { PluginManifest, PluginName } from '../../core/domain/plugin-manifest.js';
import { writeFileAtomic } from '../support/atomic-file.js';
import { KeptReadings } from '../support/kept-readings.js';
import { ownFileText } from '../support/own-file.js';
import { systemErrorCode } from '../support/write-error.js';

/** The most that a file of what is known of a plugin holds. */
export const MAX_RECORD_BYTES = 4 * 1024 * 1024;

/** What is known of an installed plugin, as the person accepted it. */
export interface PluginRecord {
  readonly v: 1;
  readonly manifest: PluginManifest;
  readonly source: PluginSource;
  readonly digest: string;
  /** Each file with its own SHA-256, so that what changed can be named. */
  readonly files: Readonly<Record<string, string>>;
  readonly installedAt: Instant;
  readonly blocked?: { readonly reason: string; readonly at: Instant };
  /**
   * What was begun and must be brought to its end: files that stand ready in this folder beside the plugin's own (and the rest of the record
   * is about them already), or a removal.
   */
  readonly pending?: { readonly staged: string } | { readonly removal: true };
}

/** The records of a home. */
export class PluginRecords {
  readonly #state: string;
  readonly #kept = new KeptReadings<PluginRecord | undefined>();

  /** `state`: `state/plugins/` of the home, absolute. */
  constructor(state: string) {
    this.#state = state;
  }

  /** The record of a plugin; `undefined` where there is none. `home/insecure` for one that cannot be read as what was written. */
  read(name: PluginName): PluginRecord | undefined {
    return this.#kept.read(recordPath(this.#state, name), () => readRecord(this.#state, name));
  }
}

function readRecord(state: string, name: PluginName): PluginRecord | undefined {
  const text = ownFileText(recordPath(state, name), MAX_RECORD_BYTES);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value) && value.v === 1 && isJsonObject(value.manifest) && value.manifest.name === name) {
      return value as unknown as PluginRecord;
    }
  } catch {
    // Told below.
  }
  throw new PyraError('home/insecure', `state/plugins/${name}.json is damaged`, {
    hint: `remove it (rm '${recordPath(state, name)}') and install the plugin again; its settings and data stay`,
  });
}

/** Stores a record whole or not at all. */
export async function writeRecord(state: string, record: PluginRecord): Promise<void> {
  await writeFileAtomic(recordPath(state, record.manifest.name), `${JSON.stringify(record)}\n`, 0o600);
}

/** Forgets a plugin: its record and its answers. */
export async function deleteRecord(state: string, name: PluginName): Promise<void> {
  await rm(answersPath(state, name), { force: true });
  await rm(recordPath(state, name), { force: true });
}

/** The names of all plugins that have a record, sorted. */
export function recordedNames(state: string): readonly PluginName[] {
  return namesIn(state)
    .filter((entry) => entry.endsWith('.json'))
    .map((entry) => entry.slice(0, -'.json'.length))
    .filter(isPluginName)
    .sort();
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Where the answers to a plugin's questions are. */
export function answersPath(state: string, name: PluginName): string {
  return join(state, `${name}.settings.json`);
}

function recordPath(state: string, name: PluginName): string {
  return join(state, `${name}.json`);
}

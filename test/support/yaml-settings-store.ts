import { join } from 'node:path';
import { YamlSettingsStore } from '../../src/adapters/settings/yaml-settings-store.js';

/** The settings of a folder in which nothing else needs to be. */
export function yamlSettingsStore(folder: string): YamlSettingsStore {
  return new YamlSettingsStore(
    join(folder, 'config.yaml'),
    join(folder, 'settings.json'),
    () => import('../../src/adapters/settings/settings-document.js'),
  );
}

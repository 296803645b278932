import { join } from 'node:path';
import { YamlSettingsStore } from '../../src/adapters/settings/yaml-settings-store.js';
import { homePaths } from '../../src/adapters/support/home-paths.js';

/** The settings of a folder in which nothing else needs to be. */
export function yamlSettingsStore(folder: string): YamlSettingsStore {
  return new YamlSettingsStore(
    join(folder, 'config.yaml'),
    join(folder, 'settings.json'),
    () => import('../../src/adapters/settings/settings-document.js'),
  );
}

/** The settings of a whole home. */
export function homeSettingsStore(root: string): YamlSettingsStore {
  const paths = homePaths(root);
  return new YamlSettingsStore(paths.config, paths.settingsCache, () => import('../../src/adapters/settings/settings-document.js'));
}

import { ContainerModule } from 'inversify';
import { provide, tokens } from '../../tokens.js';
import { homePaths } from '../support/home-paths.js';
import { YamlSettingsStore } from './yaml-settings-store.js';

/** The settings in `config.yaml`. YAML and validation are loaded when the checked copy of the file is out of date. */
export const settingsModule = new ContainerModule(({ bind }) => {
  provide(bind, tokens.settingsStore, [tokens.homePath], (root) => {
    const paths = homePaths(root);
    return new YamlSettingsStore(paths.config, paths.settingsCache, () => import('./settings-document.js'));
  });
});

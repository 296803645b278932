import { ContainerModule } from 'inversify';
import { provide, tokens } from '../../tokens.js';
import { homePaths } from '../support/home-paths.js';

/** The settings in `config.yaml`. */
export const settingsModule = new ContainerModule(({ bind }) => {
  provide(bind, tokens.settingsStore, [tokens.homePath], async (root) => {
    const { YamlSettingsStore } = await import('./yaml-settings-store.js');
    const paths = homePaths(root);
    return new YamlSettingsStore(paths.config, paths.settingsCache, () => import('./settings-document.js'));
  });
});

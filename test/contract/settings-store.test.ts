import { InMemorySettingsStore } from '../../src/adapters/in-memory/in-memory-settings-store.js';
import { YamlSettingsStore } from '../../src/adapters/settings/yaml-settings-store.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { yamlSettingsStore } from '../support/yaml-settings-store.js';
import { settingsStoreContract } from './settings-store.contract.js';

settingsStoreContract({
  name: InMemorySettingsStore.name,
  create: async () => ({ port: new InMemorySettingsStore() }),
});

settingsStoreContract({
  name: YamlSettingsStore.name,
  create: async () => {
    const folder = temporaryFolder();
    return {
      port: yamlSettingsStore(folder),
      reopen: async () => yamlSettingsStore(folder),
      dispose: async () => removeFolder(folder),
    };
  },
});

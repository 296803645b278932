import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InMemoryPluginSettingsStore } from '../../src/adapters/in-memory/in-memory-plugin-settings-store.js';
import { FsPluginSettingsStore } from '../../src/adapters/plugins/fs-plugin-settings-store.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { type PluginSettingsHarness, pluginSettingsStoreContract } from './plugin-settings-store.contract.js';

const subjects: readonly PluginSettingsHarness[] = [
  {
    name: 'InMemoryPluginSettingsStore',
    create: async () => {
      const files = new Map<string, number>();
      return {
        port: new InMemoryPluginSettingsStore(new Map(), files),
        file: (name, bytes) => {
          files.set(`/files/${name}`, bytes);
          return `/files/${name}`;
        },
      };
    },
  },
  {
    name: 'FsPluginSettingsStore',
    create: async () => {
      const root = temporaryFolder();
      const open = (): FsPluginSettingsStore => new FsPluginSettingsStore(join(root, 'plugins'), join(root, 'state', 'plugins'));
      return {
        port: open(),
        reopen: async () => open(),
        dispose: async () => removeFolder(root),
        file: (name, bytes) => {
          writeFileSync(join(root, name), Buffer.alloc(bytes, 'x'));
          return join(root, name);
        },
      };
    },
  },
];

for (const subject of subjects) pluginSettingsStoreContract(subject);

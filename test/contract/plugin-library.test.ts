import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InMemoryPluginLibrary, type PluginMemory, type PluginTexts } from '../../src/adapters/in-memory/in-memory-plugin-library.js';
import { InMemoryPluginSettingsStore } from '../../src/adapters/in-memory/in-memory-plugin-settings-store.js';
import { FsPluginLibrary } from '../../src/adapters/plugins/fs-plugin-library.js';
import { FsPluginSettingsStore } from '../../src/adapters/plugins/fs-plugin-settings-store.js';
import { plainJavaScript } from '../../src/adapters/plugins/plain-javascript.js';
import type { PluginSource } from '../../src/core/domain/plugin.js';
import { momentOf } from '../support/messages.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { type PluginLibraryHarness, pluginLibraryContract } from './plugin-library.contract.js';

const subjects: readonly PluginLibraryHarness[] = [
  {
    name: 'InMemoryPluginLibrary',
    create: async () => {
      const memory: PluginMemory = { installed: new Map(), settings: new Map() };
      const port = new InMemoryPluginLibrary(memory, () => momentOf(1));
      return {
        port,
        settings: new InMemoryPluginSettingsStore(memory.settings),
        offer: (kind, name, files) => port.offer(kind === 'bundled' ? { kind, name } : { kind, path: `/sources/${name}` }, files),
        tamper: (plugin, path, content) => port.tamper(plugin.manifest.name, path, content),
      };
    },
  },
  {
    name: 'FsPluginLibrary',
    create: async () => {
      const root = temporaryFolder();
      const places = {
        plugins: join(root, 'home', 'plugins'),
        state: join(root, 'home', 'state', 'plugins'),
        bundled: join(root, 'bundled'),
        now: () => momentOf(1),
        strip: async () => plainJavaScript,
      };
      return {
        port: new FsPluginLibrary(places),
        settings: new FsPluginSettingsStore(places.plugins, places.state),
        reopen: async () => new FsPluginLibrary(places),
        dispose: async () => removeFolder(root),
        offer: (kind, name, files) => {
          const folder = join(root, kind === 'bundled' ? 'bundled' : 'sources', name);
          rmSync(folder, { recursive: true, force: true });
          writeTexts(folder, files);
          return kind === 'bundled' ? { kind, name } : ({ kind, path: folder } satisfies PluginSource);
        },
        tamper: ({ folder }, path, content) => {
          if (content === undefined) rmSync(join(folder, path));
          else writeFileSync(join(folder, path), content);
        },
      };
    },
  },
];

for (const subject of subjects) pluginLibraryContract(subject);

function writeTexts(folder: string, files: PluginTexts): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

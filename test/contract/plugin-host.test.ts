import { join } from 'node:path';
import { InMemoryOpenPlugin } from '../../src/adapters/in-memory/in-memory-open-plugin.js';
import { InMemoryPluginHost } from '../../src/adapters/in-memory/in-memory-plugin-host.js';
import { InMemorySystem } from '../../src/adapters/in-memory/in-memory-system.js';
import { ChildLauncher } from '../../src/adapters/plugins/child-launcher.js';
import { ChildPlugin } from '../../src/adapters/plugins/child-plugin.js';
import { ChildPluginHost } from '../../src/adapters/plugins/child-plugin-host.js';
import { fileState } from '../../src/adapters/plugins/file-state.js';
import type { InstalledPlugin } from '../../src/core/domain/plugin.js';
import { installedPlugin, pluginRuntime } from '../support/plugin-fixture.js';
import { SAMPLE_SOURCE, samplePlugin } from '../support/sample-plugin.js';
import { launcherOf } from '../support/sandboxed-script.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { pluginHostContract, SAMPLE_MANIFEST } from './plugin-host.contract.js';

pluginHostContract({
  name: `${InMemoryPluginHost.name} (${InMemoryOpenPlugin.name})`,
  create: async () => {
    const system = new InMemorySystem();
    const plugin = async (): Promise<InstalledPlugin> => ({
      manifest: SAMPLE_MANIFEST,
      source: { kind: 'folder', path: '/sample' },
      folder: '/sample',
      dataFolder: '/sample/data',
      digest: system.digest('sample'),
      installedAt: system.now(),
    });
    return { port: new InMemoryPluginHost(system, samplePlugin), system, plugin };
  },
});

for (const tier of ['bwrap', 'plain'] as const) {
  pluginHostContract({
    name: `${ChildPluginHost.name} (${ChildPlugin.name}, tier ${tier})`,
    needs: async (test) => {
      const folder = temporaryFolder();
      await launcherOf(test, tier, folder);
      removeFolder(folder);
    },
    create: async () => {
      const folder = temporaryFolder();
      const system = new InMemorySystem();
      const port = new ChildPluginHost({
        launcher: new ChildLauncher({ home: join(folder, 'home'), tier }),
        runtime: await pluginRuntime(),
        system,
        files: (plugin) => fileState(plugin, async () => ['it was changed']),
        redact: (text) => text,
        log: { write: () => undefined, flush: async () => undefined },
      });
      return {
        port,
        system,
        plugin: () => installedPlugin(join(folder, 'home/plugins/sample'), SAMPLE_MANIFEST, { 'plugin.js': SAMPLE_SOURCE }),
        dispose: async () => removeFolder(folder),
      };
    },
  });
}

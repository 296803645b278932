import { InMemoryOpenPlugin } from '../../src/adapters/in-memory/in-memory-open-plugin.js';
import { InMemoryPluginHost } from '../../src/adapters/in-memory/in-memory-plugin-host.js';
import { InMemorySystem } from '../../src/adapters/in-memory/in-memory-system.js';
import { ChildPlugin } from '../../src/adapters/plugins/child-plugin.js';
import { ChildPluginHost } from '../../src/adapters/plugins/child-plugin-host.js';
import { fileFaults } from '../../src/adapters/plugins/file-faults.js';
import { NodePermissionLauncher } from '../../src/adapters/plugins/node-permission-launcher.js';
import type { InstalledPlugin } from '../../src/core/domain/plugin.js';
import { installedPlugin, pluginRuntime } from '../support/plugin-fixture.js';
import { SAMPLE_SOURCE, samplePlugin } from '../support/sample-plugin.js';
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

pluginHostContract({
  name: `${ChildPluginHost.name} (${ChildPlugin.name})`,
  create: async () => {
    const folder = temporaryFolder();
    const system = new InMemorySystem();
    const port = new ChildPluginHost({
      launcher: new NodePermissionLauncher(),
      runtime: await pluginRuntime(),
      system,
      faults: fileFaults,
      redact: (text) => text,
      log: () => undefined,
    });
    return {
      port,
      system,
      plugin: () => installedPlugin(folder, SAMPLE_MANIFEST, { 'plugin.js': SAMPLE_SOURCE }),
      dispose: async () => removeFolder(folder),
    };
  },
});

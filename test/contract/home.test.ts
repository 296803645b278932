import { chmodSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PyraHome } from '../../src/adapters/filesystem/pyra-home.js';
import { InMemoryHome } from '../../src/adapters/in-memory/in-memory-home.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { homeContract } from './home.contract.js';

homeContract({
  name: InMemoryHome.name,
  create: async () => {
    const port = new InMemoryHome();
    return {
      port,
      widen: () => port.widen('config.yaml'),
      plantLink: () => port.plantLink('run'),
      loseSentinel: () => port.loseSentinel(),
    };
  },
});

homeContract({
  name: PyraHome.name,
  create: async () => {
    const folder = temporaryFolder();
    const root = join(folder, 'home');
    return {
      port: new PyraHome(root),
      widen: () => {
        writeFileSync(join(root, 'config.yaml'), 'ai: {}\n');
        chmodSync(join(root, 'config.yaml'), 0o644);
      },
      plantLink: () => {
        renameSync(join(root, 'run'), join(folder, 'elsewhere'));
        symlinkSync(join(folder, 'elsewhere'), join(root, 'run'));
      },
      loseSentinel: () => rmSync(join(root, 'vault', '.vault_lock')),
      dispose: async () => removeFolder(folder),
    };
  },
});

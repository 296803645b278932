import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ContainerModule } from 'inversify';
import { PyraError } from '../../core/domain/errors.js';
import { provide, tokens } from '../../tokens.js';
import { homePaths } from '../support/home-paths.js';

/** What runs plugins. Nothing of it is loaded before a plugin is opened. */
export const pluginsModule = new ContainerModule(({ bind }) => {
  provide(bind, tokens.pluginHost, [tokens.homePath, tokens.system, tokens.redactor], async (home, system, redactor) => {
    const { ChildPluginHost } = await import('./child-plugin-host.js');
    const { NodePermissionLauncher } = await import('./node-permission-launcher.js');
    const { PluginErrorLog } = await import('./plugin-error-log.js');
    const { fileFaults } = await import('./file-faults.js');
    const redact = (text: string): string => redactor.redact(text);
    const log = new PluginErrorLog({ path: join(homePaths(home).logs, 'plugin_errors.log'), system, redact });
    return new ChildPluginHost({
      launcher: new NodePermissionLauncher(),
      runtime: runtimeFile(),
      system,
      faults: fileFaults,
      redact,
      log: (plugin, text) => log.write(plugin, text),
    });
  });
});

/** The program of plugins' processes, which the build puts into `dist`: beside the bundle, and found from the compiled tree too. */
function runtimeFile(): string {
  for (const place of ['./plugin-child.cjs', '../plugin-child.cjs', '../../../../dist/plugin-child.cjs']) {
    const path = fileURLToPath(new URL(place, import.meta.url));
    if (existsSync(path)) return path;
  }
  throw new PyraError('plugin/incompatible', 'the program that runs plugins is not there', { hint: 'build Pyra again: npm run build' });
}

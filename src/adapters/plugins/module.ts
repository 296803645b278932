import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ContainerModule } from 'inversify';
import { PyraError } from '../../core/domain/errors.js';
import { provide, tokens } from '../../tokens.js';
import { homePaths } from '../support/home-paths.js';

/** What keeps and runs plugins. Nothing of it is loaded before a plugin is looked at, or opened. */
export const pluginsModule = new ContainerModule(({ bind }) => {
  provide(bind, tokens.pluginLibrary, [tokens.homePath, tokens.system], async (home, system) => {
    const { FsPluginLibrary } = await import('./fs-plugin-library.js');
    const { plugins, pluginState: state } = homePaths(home);
    return new FsPluginLibrary({
      plugins,
      state,
      bundled: bundledFolder(),
      now: () => system.now(),
      strip: async () => (await import('./plain-javascript.js')).plainJavaScript,
    });
  });
  provide(bind, tokens.pluginSettings, [tokens.homePath], async (home) => {
    const { FsPluginSettingsStore } = await import('./fs-plugin-settings-store.js');
    const { plugins, pluginState } = homePaths(home);
    return new FsPluginSettingsStore(plugins, pluginState);
  });
  provide(
    bind,
    tokens.pluginHost,
    [tokens.homePath, tokens.system, tokens.redactor, tokens.pluginLibrary],
    async (home, system, redactor, library) => {
      const { ChildPluginHost } = await import('./child-plugin-host.js');
      const { ChildLauncher } = await import('./child-launcher.js');
      const { ProviderErrorLog } = await import('../support/provider-error-log.js');
      const { fileState } = await import('./file-state.js');
      const redact = (text: string): string => redactor.redact(text);
      const log = new ProviderErrorLog({ path: join(homePaths(home).logs, 'plugin_errors.log'), system, redact });
      return new ChildPluginHost({
        launcher: new ChildLauncher({ home }),
        runtime: runtimeFile(),
        system,
        files: (plugin) => fileState(plugin, (one) => library.faults(one)),
        redact,
        log,
      });
    },
  );
});

/** The program of plugins' processes, which the build puts into `dist`: beside the bundle, and found from the compiled tree too. */
function runtimeFile(): string {
  for (const place of ['./plugin-child.cjs', '../plugin-child.cjs', '../../../../dist/plugin-child.cjs']) {
    const path = fileURLToPath(new URL(place, import.meta.url));
    if (existsSync(path)) return path;
  }
  throw new PyraError('plugin/incompatible', 'the program that runs plugins is not there', { hint: 'build Pyra again: npm run build' });
}

/** The plugins that the build puts into `dist`: beside the bundle, and found from the compiled tree too. */
function bundledFolder(): string {
  const places = ['./plugins', '../plugins', '../../../../dist/plugins'].map((place) => fileURLToPath(new URL(place, import.meta.url)));
  // Compiled, this file is itself in a folder `plugins`: only one that holds folders of plugins is meant.
  return places.find((place) => existsSync(place) && !existsSync(join(place, 'module.js'))) ?? (places.at(-1) as string);
}

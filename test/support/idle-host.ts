import { ChildLauncher } from '../../src/adapters/plugins/child-launcher.js';
import type { PluginSettings } from '../../src/core/domain/plugin.js';
import { scriptRequest } from './sandboxed-script.js';

/*
 * A host that starts a plugin and has nothing more to do: `idle-host.js ROOT SCRIPT PORT`. It passes on what the plugin prints first, says
 * `idle`, and ends when nothing holds it.
 */

const [root = '', script = '', port = ''] = process.argv.slice(2);
const launcher = new ChildLauncher({ home: `${root}/home` });
const settings = { main: { host: 'localhost' } } as unknown as PluginSettings;
const child = await launcher.launch({ ...scriptRequest(root, script, { net: [`{settings.host}:${port}`] }), settings });
child.stdout.once('data', (data: Buffer) => {
  process.stdout.write(`${data}idle\n`);
  child.hold(false);
});

import inspector from 'node:inspector';
import { text } from 'node:stream/consumers';
import { ChildLauncher } from '../../src/adapters/plugins/child-launcher.js';
import type { SandboxTier } from '../../src/core/domain/plugin.js';
import { scriptRequest } from './sandboxed-script.js';

/*
 * A host of one plugin, as a program of its own: `sandbox-host.js ROOT TIER`, the plugin's script on stdin. It prints the plugin's process
 * id, then what the plugin printed, and after that whether its own inspector is open; then it stays until it is killed.
 */

const [root = '', tier] = process.argv.slice(2);
const launcher = new ChildLauncher({ home: `${root}/home`, tier: tier as SandboxTier['tier'] });
const child = await launcher.launch(scriptRequest(root, await text(process.stdin)));
child.stderr.pipe(process.stderr);
let pid: number | undefined;
while (pid === undefined) {
  await new Promise((resolve) => setTimeout(resolve, 10));
  pid = child.pid();
}
console.log(`pid ${pid}`);
child.stdout.on('data', (data: Buffer) => {
  process.stdout.write(data);
  setTimeout(() => console.log(`inspector ${inspector.url() === undefined ? 'closed' : 'open'}`), 200);
});
setInterval(() => undefined, 60_000);

import { ProgramLauncher } from '../../src/adapters/mcp/program-launcher.js';
import type { ServerLaunch } from '../../src/adapters/mcp/starts-servers.js';

/*
 * A host of one server that is a program, as a program of its own: `program-host.js HOME TIER PROXY LAUNCH`, the launch in JSON. It prints what
 * the server prints; then it stays until it is killed.
 */

const [home = '', tier, proxy = '', launch = ''] = process.argv.slice(2);
const launcher = new ProgramLauncher({ home, tier: tier === 'bwrap' ? 'bwrap' : 'plain', proxy });
const child = await launcher.launch({ ...(JSON.parse(launch) as ServerLaunch), refused: () => undefined });
child.stdout.pipe(process.stdout);
child.stderr.pipe(process.stderr);
setInterval(() => undefined, 60_000);

// A process for the bench of the vault: opens the vault at ROOT, reads its secrets, and prints what it took as JSON.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { AgeVault } from '../src/adapters/age/age-vault.js';
import { Secret } from '../src/core/domain/secret.js';

const [root = '', passphrase = ''] = process.argv.slice(2);
const vault = new AgeVault({ root });
const names = await vault.names();
const delay = monitorEventLoopDelay({ resolution: 2 });
delay.enable();
const started = performance.now();
await vault.unlock(new Secret(passphrase));
const unlockMs = performance.now() - started;
delay.disable();
const getMs: number[] = [];
for (const name of names) {
  const start = performance.now();
  await vault.get(name);
  getMs.push(performance.now() - start);
}
process.stdout.write(JSON.stringify({ unlockMs, blockedMs: delay.max / 1e6, getMs, peakMegabytes: process.resourceUsage().maxRSS / 1024 }));

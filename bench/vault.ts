import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AgeVault } from '../src/adapters/age/age-vault.js';
import { AgentVault } from '../src/adapters/age/agent-vault.js';
import { DetachedUnlockAgent } from '../src/adapters/age/detached-unlock-agent.js';
import { homePaths } from '../src/adapters/support/home-paths.js';
import type { SecretName } from '../src/core/domain/identifiers.js';
import { Secret } from '../src/core/domain/secret.js';
import type { Benchmark } from './figure.js';
import { median, quantile } from './statistics.js';

const PASSPHRASE = 'a passphrase of the bench';
const SECRETS = 20;
const PROCESS = fileURLToPath(new URL('./vault-process.js', import.meta.url));

interface Taken {
  readonly unlockMs: number;
  readonly blockedMs: number;
  readonly getMs: readonly number[];
  readonly peakMegabytes: number;
}

/** What opening the vault costs at its usual work factor, in a process of its own each time, and what a secret costs then or from the agent. */
export const vault: Benchmark = {
  name: 'vault',
  async run({ runs }) {
    const home = mkdtempSync(join(tmpdir(), 'pyra-bench-'));
    const { run, vault: root } = homePaths(home);
    const agent = new DetachedUnlockAgent({ home, environment: {} });
    try {
      const made = new AgeVault({ root });
      await made.create(new Secret(PASSPHRASE));
      for (let index = 0; index < SECRETS; index += 1) await made.set(`secret-${index}` as SecretName, new Secret(`the value ${index}`));
      // Each opening takes a second: a third of the runs is enough.
      const taken = Array.from({ length: Math.max(3, Math.ceil(runs / 3)) }, () => open(root));

      await agent.start(new Secret(PASSPHRASE), 600_000);
      const client = new AgentVault({ run, environment: {} });
      const fromAgent: number[] = [];
      for (let index = 0; index < 10 * SECRETS; index += 1) {
        const started = performance.now();
        await client.get(`secret-${index % SECRETS}` as SecretName);
        fromAgent.push(performance.now() - started);
      }
      const gets = taken.flatMap(({ getMs }) => getMs);
      return [
        { name: 'vault: unlock', value: median(taken.map(({ unlockMs }) => unlockMs)), unit: 'ms', target: { most: 1_500 } },
        {
          name: 'vault: loop blocked at most, in unlock',
          value: median(taken.map(({ blockedMs }) => blockedMs)),
          unit: 'ms',
          target: { most: 50 },
        },
        {
          name: 'vault: peak memory with unlock',
          value: median(taken.map(({ peakMegabytes }) => peakMegabytes)),
          unit: 'MB',
          target: { most: 400 },
        },
        {
          name: 'vault: get after unlock',
          value: median(gets),
          unit: 'ms',
          target: { most: 10 },
          detail: { p95Ms: quantile(gets, 0.95) },
        },
        {
          name: 'vault: get from the agent with its audit entry',
          value: median(fromAgent),
          unit: 'ms',
          detail: { p95Ms: quantile(fromAgent, 0.95) },
        },
      ];
    } finally {
      await agent.stop();
      rmSync(home, { recursive: true, force: true });
    }
  },
};

function open(root: string): Taken {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROCESS, root, PASSPHRASE], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`opening the vault failed: ${stderr}`);
  return JSON.parse(stdout) as Taken;
}

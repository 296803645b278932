import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Context } from 'mocha';
import { ChildLauncher } from '../../src/adapters/plugins/child-launcher.js';
import type { LaunchRequest } from '../../src/adapters/plugins/starts-children.js';
import type { LaunchedChild } from '../../src/adapters/support/sandbox/launched-child.js';
import type { InstalledPlugin, SandboxTier } from '../../src/core/domain/plugin.js';
import type { PluginManifest, PluginPermissions } from '../../src/core/domain/plugin-manifest.js';

/** Every way in which a plugin is kept in. */
export const TIERS: readonly SandboxTier['tier'][] = ['bwrap', 'unshare', 'plain'];

const QUESTIONS = [
  { key: 'host', label: 'Host', kind: 'text' },
  { key: 'port', label: 'Port', kind: 'port' },
  { key: 'url', label: 'Address', kind: 'url' },
  { key: 'region', label: 'Region', kind: 'choice', choices: ['localhost'] },
];

/** A plugin's folder with a script in place of the runtime, in a home of its own below `root`. */
export function scriptRequest(root: string, script: string, permissions: Partial<PluginPermissions> = {}): LaunchRequest {
  const folder = join(root, 'home/plugins/sample');
  mkdirSync(join(folder, 'data'), { recursive: true });
  const runtime = join(root, 'runtime.cjs');
  writeFileSync(runtime, script);
  writeFileSync(join(folder, 'own.txt'), 'own');
  const manifest = { name: 'sample', permissions: { read: [], write: [], run: [], net: [], ...permissions }, setup: QUESTIONS };
  const plugin = { manifest: manifest as unknown as PluginManifest, folder, dataFolder: join(folder, 'data') } as InstalledPlugin;
  return { plugin, runtime, settings: {}, refused: () => undefined };
}

/** A launcher of one tier; skips the test, visibly, where the tier does not work. */
export async function launcherOf(test: Context, tier: SandboxTier['tier'], root: string): Promise<ChildLauncher> {
  const launcher = new ChildLauncher({ home: join(root, 'home'), tier });
  try {
    await launcher.tier();
  } catch (error) {
    console.error(`      the tier ${tier} does not work here: ${error instanceof Error ? error.message : error}`);
    test.skip();
  }
  return launcher;
}

/** What a script printed, when it has ended; throws what it said on stderr when that was nothing. */
export async function printed(child: LaunchedChild): Promise<string> {
  child.stdin.end();
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), child.ended]);
  if (stdout === '') throw new Error(`the script said: ${stderr.slice(0, 2000)}`);
  return stdout;
}

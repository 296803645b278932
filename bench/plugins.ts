import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildLauncher } from '../src/adapters/plugins/child-launcher.js';
import { ChildPluginHost } from '../src/adapters/plugins/child-plugin-host.js';
import { fileState } from '../src/adapters/plugins/file-state.js';
import type { LaunchedChild, StartsChildren } from '../src/adapters/plugins/launched-child.js';
import { NodeSystem } from '../src/adapters/support/node-system.js';
import type { ConversationId, ToolName } from '../src/core/domain/identifiers.js';
import type { InstalledPlugin } from '../src/core/domain/plugin.js';
import type { PluginManifest } from '../src/core/domain/plugin-manifest.js';
import type { OpenPlugin } from '../src/ports/plugin-host.js';
import { MemoryDesk } from '../test/support/memory-desk.js';
import { bundledPlugins, installedPlugin, manifestOf, pluginRuntime } from '../test/support/plugin-fixture.js';
import { PROJECT } from '../test/support/source-files.js';
import type { Benchmark, Figure } from './figure.js';
import { median, quantile } from './statistics.js';

const CALLS = 1_000;
const WARM_UP = 50;
const never = new AbortController().signal;
const CONTEXT = { conversation: 'conversation-1' as ConversationId, provenance: { kind: 'own' }, progress: () => undefined } as const;
const EMPTY = `import { definePlugin } from 'pyra/plugin';\nexport default definePlugin({ tools: { answer: () => 'fine' } });\n`;

/** The bundled plugins, each with a tool that answers without the network where nothing is set up. */
const BUNDLED = [
  { name: 'email', tool: 'email.folders' },
  { name: 'nextcloud', tool: 'nextcloud.calendars' },
] as const;

/** What a plugin costs: its start in the sandbox, its memory, and the way of a call there and back. */
export const plugins: Benchmark = {
  name: 'plugins',
  async run({ runs }) {
    const folder = mkdtempSync(join(realpathSync(tmpdir()), 'pyra-bench-'));
    try {
      await bundledPlugins();
      const home = join(folder, 'home');
      const { launcher, last } = watched(new ChildLauncher({ home }));
      const host = new ChildPluginHost({
        launcher,
        runtime: await pluginRuntime(),
        system: new NodeSystem(),
        files: (one) => fileState(one, async () => ['it was changed']),
        redact: (text) => text,
        log: { write: () => undefined, flush: async () => undefined },
      });
      const { tier } = await host.tier();
      const empty = await installedPlugin(join(home, 'plugins/sample'), manifestOf({ tools: ['answer'] }), { 'plugin.js': EMPTY });
      const figures = [
        ...(await starting(host, last, { plugin: empty, tool: 'sample.answer', label: 'an empty plugin', most: 100, runs, tier })),
      ];
      for (const { name, tool } of BUNDLED) {
        const plugin = await bundledPlugin(home, name);
        figures.push(...(await starting(host, last, { plugin, tool, label: `the plugin ${name}`, most: 250, runs, tier })));
      }
      const trips = await roundTrips(host, empty, 'sample.answer');
      const detail = { tier, calls: CALLS, median: median(trips) };
      return [
        ...figures,
        { name: 'a call without work, round trip, p95', value: quantile(trips, 0.95), unit: 'ms', target: { most: 2 }, detail },
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

interface Starting {
  readonly plugin: InstalledPlugin;
  readonly tool: string;
  readonly label: string;
  /** The target of the start, in milliseconds. */
  readonly most: number;
  readonly runs: number;
  readonly tier: string;
}

async function starting(
  host: ChildPluginHost,
  last: () => LaunchedChild | undefined,
  { plugin, tool, label, most, runs, tier }: Starting,
): Promise<readonly Figure[]> {
  const starts: number[] = [];
  const resident: number[] = [];
  const own: number[] = [];
  for (let turn = -1; turn < runs; turn += 1) {
    const open = host.open(plugin, new MemoryDesk());
    try {
      const took = await timed(open, tool);
      if (turn < 0) continue;
      starts.push(took);
      resident.push(megabytes(last()?.pid(), 'status', 'VmRSS'));
      own.push(megabytes(last()?.pid(), 'smaps_rollup', 'Pss'));
    } finally {
      await open.close();
    }
  }
  const start: Figure = {
    name: `${label}, start to first answer`,
    value: median(starts),
    unit: 'ms',
    target: { most },
    detail: { tier, runs, p95: quantile(starts, 0.95) },
  };
  // What the system does not tell cannot be reported.
  if (Number.isNaN(median(resident))) return [start];
  const memory: Figure = {
    name: `${label}, resident after its first answer`,
    value: median(resident),
    unit: 'MB',
    detail: { tier, runs, pss: median(own) },
  };
  return [start, plugin.manifest.name === 'sample' ? { ...memory, target: { most: 50 } } : { ...memory, target: { most: 110 } }];
}

async function roundTrips(host: ChildPluginHost, plugin: InstalledPlugin, tool: string): Promise<readonly number[]> {
  const open = host.open(plugin, new MemoryDesk());
  try {
    const trips: number[] = [];
    for (let turn = -WARM_UP; turn < CALLS; turn += 1) {
      const took = await timed(open, tool);
      if (turn >= 0) trips.push(took);
    }
    return trips;
  } finally {
    await open.close();
  }
}

async function timed(open: OpenPlugin, tool: string): Promise<number> {
  const start = performance.now();
  const { text } = await open.call(tool as ToolName, {}, never, CONTEXT);
  const took = performance.now() - start;
  if (!/^fine$|set up|setup/.test(text)) throw new Error(`the plugin did not answer as it should: ${text}`);
  return took;
}

/** A plugin as the build made it, as it would be installed. */
function bundledPlugin(home: string, name: string): Promise<InstalledPlugin> {
  const from = join(PROJECT, 'dist/plugins', name);
  const manifest = JSON.parse(readFileSync(join(from, 'manifest.json'), 'utf8')) as PluginManifest;
  const whole = manifestOf(manifest as object);
  return installedPlugin(join(home, 'plugins', name), whole, { 'plugin.cjs': readFileSync(join(from, 'plugin.cjs'), 'utf8') });
}

/** What Linux says of a process's memory; not a number where it says nothing. */
function megabytes(pid: number | undefined, file: 'status' | 'smaps_rollup', name: string): number {
  try {
    const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/${file}`, 'latin1'))?.[1];
    return (Number(kilobytes) * 1024) / 1e6;
  } catch {
    return Number.NaN;
  }
}

function watched(inner: StartsChildren): { readonly launcher: StartsChildren; readonly last: () => LaunchedChild | undefined } {
  let child: LaunchedChild | undefined;
  const launcher: StartsChildren = {
    launch: async (request) => {
      child = await inner.launch(request);
      return child;
    },
    tier: () => inner.tier(),
  };
  return { launcher, last: () => child };
}

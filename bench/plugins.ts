import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildLauncher } from '../src/adapters/plugins/child-launcher.js';
import { ChildPluginHost } from '../src/adapters/plugins/child-plugin-host.js';
import { fileState } from '../src/adapters/plugins/file-state.js';
import type { StartsChildren } from '../src/adapters/plugins/starts-children.js';
import { NodeSystem } from '../src/adapters/support/node-system.js';
import type { LaunchedChild } from '../src/adapters/support/sandbox/launched-child.js';
import { residentBytes } from '../src/adapters/support/sandbox/memory-watch.js';
import type { ConversationId, ToolName } from '../src/core/domain/identifiers.js';
import type { InstalledPlugin } from '../src/core/domain/plugin.js';
import type { OpenPlugin } from '../src/ports/plugin-host.js';
import { MemoryDesk } from '../test/support/memory-desk.js';
import { installedPlugin, manifestOf, pluginRuntime } from '../test/support/plugin-fixture.js';
import type { Benchmark, Figure } from './figure.js';
import { median, quantile } from './statistics.js';

const CALLS = 1_000;
const WARM_UP = 50;
const never = new AbortController().signal;
const CONTEXT = { conversation: 'conversation-1' as ConversationId, provenance: { kind: 'own' }, progress: () => undefined } as const;
const EMPTY = `import { definePlugin } from 'pyra/plugin';\nexport default definePlugin({ tools: { answer: () => 'fine' } });\n`;

/** What a plugin costs that does nothing: its start in the sandbox, its memory, and the way of a call there and back. */
export const plugins: Benchmark = {
  name: 'plugins',
  async run({ runs }) {
    const folder = mkdtempSync(join(realpathSync(tmpdir()), 'pyra-bench-'));
    try {
      const home = join(folder, 'home');
      const plugin = await installedPlugin(join(home, 'plugins/sample'), manifestOf({ tools: ['answer'] }), { 'plugin.js': EMPTY });
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
      return [...(await starting(host, plugin, last, { tier, runs })), await roundTrips(host, plugin, tier)];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function starting(
  host: ChildPluginHost,
  plugin: InstalledPlugin,
  last: () => LaunchedChild | undefined,
  detail: { readonly tier: string; readonly runs: number },
): Promise<readonly Figure[]> {
  const starts: number[] = [];
  const resident: number[] = [];
  for (let turn = -1; turn < detail.runs; turn += 1) {
    const open = host.open(plugin, new MemoryDesk());
    try {
      const took = await timed(open);
      if (turn < 0) continue;
      starts.push(took);
      resident.push(((await residentBytes(last()?.pid())) ?? Number.NaN) / 1e6);
    } finally {
      await open.close();
    }
  }
  const p95 = quantile(starts, 0.95);
  const start = { name: 'an empty plugin, start to first answer', value: median(starts), unit: 'ms', target: { most: 100 } };
  const memory = { name: 'an empty plugin, resident after its first answer', value: median(resident), unit: 'MB', target: { most: 50 } };
  // What the system does not tell cannot be reported.
  return [{ ...start, detail: { ...detail, p95 } }, ...(Number.isNaN(memory.value) ? [] : [{ ...memory, detail }])];
}

async function roundTrips(host: ChildPluginHost, plugin: InstalledPlugin, tier: string): Promise<Figure> {
  const open = host.open(plugin, new MemoryDesk());
  try {
    const trips: number[] = [];
    for (let turn = -WARM_UP; turn < CALLS; turn += 1) {
      const took = await timed(open);
      if (turn >= 0) trips.push(took);
    }
    const detail = { tier, calls: CALLS, median: median(trips) };
    return { name: 'a call without work, round trip, p95', value: quantile(trips, 0.95), unit: 'ms', target: { most: 2 }, detail };
  } finally {
    await open.close();
  }
}

async function timed(open: OpenPlugin): Promise<number> {
  const start = performance.now();
  const { text } = await open.call('sample.answer' as ToolName, {}, never, CONTEXT);
  if (text !== 'fine') throw new Error(`the plugin did not answer: ${text}`);
  return performance.now() - start;
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

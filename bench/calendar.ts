import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { DAVClient } from 'tsdav';
import { sandboxedPlugin } from '../test/support/sandboxed-plugin.js';
import { startRadicale } from '../test/support/servers/radicale.js';
import { writeLargeCalendar } from '../test/support/servers/sample-calendar.js';
import { installed } from '../test/support/servers/test-server.js';
import type { Benchmark, Figure } from './figure.js';
import { median } from './statistics.js';

const EVENTS = 5_000;
const WINDOWS = [
  { name: 'a month', from: '2026-03-01', to: '2026-03-31', start: '2026-03-01T00:00:00Z', end: '2026-04-01T00:00:00Z' },
  { name: 'all of it', from: '2026-01-01', to: '2026-12-31', start: '2026-01-01T00:00:00Z', end: '2027-01-01T00:00:00Z' },
] as const;

/** What the list of events of a calendar of 5,000 takes by the plugin in the sandbox, beside tsdav asked directly for the same without a look into it. */
export const calendar: Benchmark = {
  name: 'calendar',
  async run({ runs }) {
    const missing = ['radicale', 'openssl'].filter((program) => installed(program) === undefined);
    if (missing.length > 0) {
      process.stderr.write(`  skipped, not installed: ${missing.join(', ')}\n`);
      return [];
    }
    const server = await startRadicale({ seed: (collections) => writeLargeCalendar(collections, EVENTS) });
    const trusted = getCACertificates('default');
    setDefaultCACertificates([...trusted, readFileSync(server.ca, 'utf8')]);
    try {
      return await compare(server, Math.min(runs, 7));
    } finally {
      setDefaultCACertificates(trusted);
      await server.stop();
    }
  },
};

async function compare(server: Awaited<ReturnType<typeof startRadicale>>, runs: number): Promise<readonly Figure[]> {
  const client = new DAVClient({
    serverUrl: server.url,
    // tsdav encodes what signs in as Latin-1.
    credentials: { username: server.user, password: Buffer.from(server.password).toString('latin1') },
    authMethod: 'Basic',
    defaultAccountType: 'caldav',
  });
  await client.login();
  const [large] = await client.fetchCalendars();
  if (large === undefined) throw new Error('there is no calendar');
  const setup = { answers: { url: server.url, user: server.user }, secrets: { 'main.password': server.password }, ca: server.ca };
  const plugin = await sandboxedPlugin('nextcloud', setup);
  try {
    const figures: Figure[] = [];
    for (const { name, from, to, start, end } of WINDOWS) {
      const times: Record<'tsdav' | 'plugin', number[]> = { tsdav: [], plugin: [] };
      for (let turn = -1; turn < runs; turn += 1) {
        const direct = await timed(() => client.fetchCalendarObjects({ calendar: large, timeRange: { start, end } }));
        const own = await timed(async () => {
          const output = await plugin.call('events', { from, to });
          if (output.outcome === 'failed') throw new Error(output.text);
        });
        if (turn < 0) continue;
        times.tsdav.push(direct);
        times.plugin.push(own);
      }
      const [direct, own] = [median(times.tsdav), median(times.plugin)];
      const detail = { tsdav: direct, plugin: own, tier: plugin.tier.tier, runs };
      figures.push({
        name: `nextcloud.events, ${name} of ${EVENTS} events, to tsdav`,
        value: own / direct,
        unit: '×',
        target: { most: 2 },
        detail,
      });
    }
    return figures;
  } finally {
    await plugin.stop();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

import { readFile } from 'node:fs/promises';
import type { JsonObject } from '../src/core/domain/json.js';
import { type SandboxedPlugin, type SandboxedSetup, sandboxedPlugin } from '../test/support/sandboxed-plugin.js';
import { startApache } from '../test/support/servers/apache.js';
import { startDovecot } from '../test/support/servers/dovecot.js';
import { writeMaildir } from '../test/support/servers/maildir.js';
import { startRadicale } from '../test/support/servers/radicale.js';
import { writeSampleCollections } from '../test/support/servers/sample-calendar.js';
import { EMPTY_FOLDERS, sampleMail } from '../test/support/servers/sample-mail.js';
import { installed } from '../test/support/servers/test-server.js';
import type { Benchmark, Figure } from './figure.js';

/** A plugin that Pyra brings, and work to be done with real servers. */
interface Subject {
  readonly name: string;
  /** The programs without which its servers cannot be started. */
  readonly needs: readonly string[];
  serve(): Promise<{ readonly setup: SandboxedSetup; stop(): Promise<void> }>;
  work(plugin: SandboxedPlugin): Promise<void>;
}

const EMAIL: Subject = {
  name: 'email',
  needs: ['dovecot', 'openssl'],
  async serve() {
    const server = await startDovecot({ seed: (maildir) => writeMaildir(maildir, sampleMail(), EMPTY_FOLDERS) });
    const { host, tlsPort, user, password, ca } = server;
    const imap = { imap_host: host, imap_port: tlsPort, imap_tls: 'tls' };
    const answers = { address: user, user, auth: 'password', ...imap, smtp_host: host, smtp_port: 465, smtp_tls: 'tls' };
    return { setup: { answers, secrets: { 'main.password': password }, ca }, stop: () => server.stop() };
  },
  async work(plugin) {
    await expectOk(plugin, 'folders', {});
    const { data } = await expectOk(plugin, 'search', { folder: '*', limit: 50 });
    for (const { id } of (data as { readonly messages: readonly { readonly id: string }[] }).messages) {
      await expectOk(plugin, 'read', { id });
      await plugin.call('events', { id });
    }
  },
};

const NEXTCLOUD: Subject = {
  name: 'nextcloud',
  needs: ['apache2', 'radicale', 'openssl'],
  async serve() {
    const radicale = await startRadicale({ plain: true, seed: writeSampleCollections });
    const apache = await startApache({ radicale: radicale.port });
    apache.put('big.txt', Buffer.alloc(50 * 1024 * 1024, 'a line\n'));
    const setup = { answers: { url: apache.url, user: apache.user }, secrets: { 'main.password': apache.password }, ca: apache.ca };
    return { setup, stop: async () => void (await Promise.all([apache.stop(), radicale.stop()])) };
  },
  async work(plugin) {
    await expectOk(plugin, 'calendars', {});
    await expectOk(plugin, 'events', { from: '2026-01-01', to: '2026-12-31' });
    await expectOk(plugin, 'tasks', {});
    await expectOk(plugin, 'contacts', { query: 'a' });
    await expectOk(plugin, 'file_search', { query: 'plan' });
    await expectOk(plugin, 'file_read', { path: 'big.txt' });
  },
};

/** What the plugins that Pyra brings hold in memory after work with real servers. */
export const pluginsAfterWork: Benchmark = {
  name: 'plugins-after-work',
  async run() {
    const figures: Figure[] = [];
    for (const subject of [EMAIL, NEXTCLOUD]) {
      const missing = subject.needs.filter((program) => installed(program) === undefined);
      if (missing.length > 0) process.stderr.write(`  ${subject.name} after work: skipped, not installed: ${missing.join(', ')}\n`);
      else figures.push(...(await afterWork(subject)));
    }
    return figures;
  },
};

async function afterWork(subject: Subject): Promise<readonly Figure[]> {
  const { setup, stop } = await subject.serve();
  try {
    const plugin = await sandboxedPlugin(subject.name, setup);
    try {
      await subject.work(plugin);
      const { resident, proportional } = await memoryOf(plugin.pid());
      const detail = { tier: plugin.tier.tier };
      return [
        { name: `the plugin ${subject.name} after work, resident`, value: resident, unit: 'MB', target: { most: 110 }, detail },
        { name: `the plugin ${subject.name} after work, its share (PSS)`, value: proportional, unit: 'MB', target: { most: 60 }, detail },
      ];
    } finally {
      await plugin.stop();
    }
  } finally {
    await stop();
  }
}

async function memoryOf(pid: number | undefined): Promise<{ readonly resident: number; readonly proportional: number }> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'latin1').catch(() => '');
  const megabytes = (name: string): number => (Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]) * 1024) / 1e6;
  return { resident: megabytes('Rss'), proportional: megabytes('Pss') };
}

async function expectOk(plugin: SandboxedPlugin, tool: string, args: JsonObject) {
  const output = await plugin.call(tool, args);
  if (output.outcome === 'failed') throw new Error(`${tool}: ${output.text}`);
  return output;
}

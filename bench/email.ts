import { readFileSync } from 'node:fs';
import { ImapFlow, type MessageStructureObject } from 'imapflow';
import type { JsonObject } from '../src/core/domain/json.js';
import { type SandboxedPlugin, sandboxedPlugin } from '../test/support/sandboxed-plugin.js';
import { type Dovecot, startDovecot } from '../test/support/servers/dovecot.js';
import { writeMaildir } from '../test/support/servers/maildir.js';
import { EMPTY_FOLDERS, manyMessages, sampleMail } from '../test/support/servers/sample-mail.js';
import { installed } from '../test/support/servers/test-server.js';
import type { Benchmark, Figure } from './figure.js';
import { median } from './statistics.js';

const MESSAGES = 5_000;
const ROUNDS = 200;
const WARM_UP = 20;
const HEADERS = { uid: true, envelope: true, flags: true, internalDate: true, bodyStructure: true } as const;

/** What searching and reading mail costs through the plugin, its sandbox and the broker, to imapflow itself with a connection of its own. */
export const email: Benchmark = {
  name: 'email',
  async run() {
    const missing = ['dovecot', 'openssl'].filter((program) => installed(program) === undefined);
    if (missing.length > 0) {
      process.stderr.write(`  skipped, not installed: ${missing.join(', ')}\n`);
      return [];
    }
    const server = await startDovecot({
      seed: (maildir) => writeMaildir(maildir, [...sampleMail(), ...manyMessages(MESSAGES, 'INBOX')], EMPTY_FOLDERS),
    });
    const client = await connected(server);
    const { host, tlsPort, user, password, ca } = server;
    const imap = { imap_host: host, imap_port: tlsPort, imap_tls: 'tls', smtp_host: host, smtp_port: 465, smtp_tls: 'tls' };
    const plugin = await sandboxedPlugin('email', {
      answers: { address: user, user, ...imap },
      secrets: { 'main.password': password },
      ca,
    });
    try {
      const { tier } = plugin.tier;
      const lock = await client.getMailboxLock('INBOX', { readOnly: true });
      const searching = await compared(
        'email.search',
        () => search(client),
        () => ok(plugin, 'search', { subject: 'Offer' }),
        tier,
      );
      const [uid = 0] = (await client.search({ subject: 'newsletter' }, { uid: true })) || [];
      const id = await idOf(plugin, 'newsletter');
      const reading = await compared(
        'email.read',
        () => read(client, uid),
        () => ok(plugin, 'read', { id }),
        tier,
      );
      lock.release();
      return [searching, reading];
    } finally {
      await plugin.stop();
      await client.logout();
      await server.stop();
    }
  },
};

async function compared(name: string, direct: () => Promise<unknown>, through: () => Promise<unknown>, tier: string): Promise<Figure> {
  const [base, times]: [number[], number[]] = [[], []];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    // One after the other, so that a slow moment of the machine meets both.
    const [one, other] = [await timed(direct), await timed(through)];
    if (round < 0) continue;
    base.push(one);
    times.push(other);
  }
  return {
    name: `${name} over Dovecot, to imapflow itself`,
    value: median(times) / median(base),
    unit: '×',
    target: { most: 1.5 },
    detail: { tier, throughMs: round(median(times)), directMs: round(median(base)), rounds: ROUNDS },
  };
}

/** What a person would write with imapflow alone: search, and the headers of the newest twenty. */
async function search(client: ImapFlow): Promise<void> {
  const uids = (await client.search({ subject: 'Offer' }, { uid: true })) || [];
  const found = await client.fetchAll(uids.slice(-20), HEADERS, { uid: true });
  if (found.length !== 20) throw new Error('the search found something else');
}

/** The same for one message: its headers and structure, and the text of its first part. */
async function read(client: ImapFlow, uid: number): Promise<void> {
  const message = await client.fetchOne(String(uid), HEADERS, { uid: true });
  const part = message === false ? undefined : firstText(message.bodyStructure);
  const { content } = await client.download(String(uid), part ?? '1', { uid: true });
  if (content === undefined) throw new Error('there is no text');
  const chunks: Buffer[] = [];
  for await (const chunk of content as AsyncIterable<Buffer>) chunks.push(chunk);
  if (!Buffer.concat(chunks).includes('Offers')) throw new Error('the text is another');
}

function firstText(node: MessageStructureObject | undefined): string | undefined {
  return node?.childNodes === undefined ? node?.part : node.childNodes.map(firstText).find((part) => part !== undefined);
}

async function connected(server: Dovecot): Promise<ImapFlow> {
  const { host, tlsPort, user, password, ca } = server;
  const auth = { user, pass: password };
  const client = new ImapFlow({
    host,
    port: tlsPort,
    secure: true,
    auth,
    tls: { ca: readFileSync(ca) },
    logger: false,
    disableAutoIdle: true,
  });
  await client.connect();
  return client;
}

async function idOf(plugin: SandboxedPlugin, subject: string): Promise<string> {
  const { data } = await ok(plugin, 'search', { subject });
  return (data as { readonly messages: readonly { readonly id: string }[] }).messages[0]?.id ?? '';
}

async function ok(plugin: SandboxedPlugin, tool: string, args: JsonObject) {
  const output = await plugin.call(tool, args);
  if (output.outcome === 'failed') throw new Error(`${tool}: ${output.text}`);
  return output;
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}

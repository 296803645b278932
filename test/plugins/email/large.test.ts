import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { PluginContext } from 'pyra/plugin';
import { closeConnections } from '../../../plugins/email/imap-connection.js';
import plugin from '../../../plugins/email/plugin.js';
import { type Dovecot, startDovecot } from '../../support/servers/dovecot.js';
import { writeMaildir } from '../../support/servers/maildir.js';
import { largeMessage, manyMessages } from '../../support/servers/sample-mail.js';
import { needs } from '../../support/servers/test-server.js';
import { PROJECT } from '../../support/source-files.js';
import { removeFolder } from '../../support/temporary-folder.js';
import { callTool, dovecotContext } from './email-context.js';

const MESSAGES = 50_000;
const PROCESS = join(dirname(fileURLToPath(import.meta.url)), 'large-process.js');

interface Listed {
  readonly total: number;
  readonly messages: readonly { readonly id: string; readonly subject: string }[];
}

describe('e-mail: large mailboxes and large messages in Dovecot (needs dovecot-imapd and openssl)', () => {
  let server: Dovecot;
  let context: PluginContext;

  before(async function () {
    needs(this, 'dovecot', 'openssl');
    this.timeout(60_000);
    server = await startDovecot({ seed: (maildir) => writeMaildir(maildir, [...manyMessages(MESSAGES, 'Many'), largeMessage(18)]) });
    context = dovecotContext(server);
    // The server reads new messages once, whoever asks first.
    await search({ subject: 'x', from: 'x', query: 'x', folder: 'Many' });
  });
  after(async function () {
    this.timeout(60_000);
    closeConnections();
    await server?.stop();
    if (context !== undefined) removeFolder(context.dataDir);
  });

  async function search(args: object): Promise<Listed> {
    return (await callTool(plugin, 'search', args, context)).data as unknown as Listed;
  }

  const searches: readonly (readonly [what: string, args: object, total: number, first: string])[] = [
    ['the newest', {}, MESSAGES, `Message number ${MESSAGES - 1}`],
    ['the last page', { limit: 50, page: MESSAGES / 50 }, MESSAGES, 'Message number 49'],
    ['a subject', { subject: 'Offer number' }, MESSAGES / 100, `Offer number ${MESSAGES - 100}`],
    ['a sender', { from: 'sender-7@' }, MESSAGES / 50, `Message number ${MESSAGES - 43}`],
    ['words in the text', { query: 'text 12345' }, 1, 'Message number 12345'],
    ['what is unread', { unread: true }, 0, ''],
  ];
  for (const [what, args, total, first] of searches) {
    it(`finds ${what} among 50,000 messages in time`, async function () {
      this.timeout(20_000);
      const start = performance.now();
      const found = await search({ folder: 'Many', ...args });
      expect(performance.now() - start).to.be.below(20_000);
      expect(found.total).to.equal(total);
      expect(found.messages[0]?.subject ?? '').to.equal(first);
    });
  }

  it('reads a message of 25 MB, and saves what is attached to it, with little more memory than a small one', async function () {
    this.timeout(60_000);
    const [large] = (await search({ subject: 'Large' })).messages;
    const [small] = (await search({ folder: 'Many', limit: 1 })).messages;
    const base = await peakMegabytes([['read', { id: small?.id }]]);
    expect((await peakMegabytes([['read', { id: large?.id }]])) - base).to.be.below(15);
    expect((await peakMegabytes([['attachment', { id: large?.id, index: 1 }]])) - base).to.be.below(60);
  });

  /** The most memory that a process uses over its life for some calls: the plugin, Node itself, and nothing else. */
  async function peakMegabytes(calls: readonly (readonly [string, object])[]): Promise<number> {
    const entry = join(PROJECT, 'test/support/plugin-entry.mjs');
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['--import', entry, PROCESS, JSON.stringify(server), JSON.stringify(calls)]);
    const { dataDir, megabytes } = JSON.parse(stdout) as { readonly dataDir: string; readonly megabytes: number };
    removeFolder(dataDir);
    return megabytes;
  }
});

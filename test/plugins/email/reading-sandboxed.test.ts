import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import plugin from '../../../plugins/email/plugin.js';
import type { PluginAccount } from '../../../src/core/domain/plugin-manifest.js';
import { type SandboxedPlugin, sandboxedPlugin } from '../../support/sandboxed-plugin.js';
import { launcherOf, TIERS } from '../../support/sandboxed-script.js';
import { type Dovecot, startDovecot } from '../../support/servers/dovecot.js';
import { writeMaildir } from '../../support/servers/maildir.js';
import { EMPTY_FOLDERS, sampleMail } from '../../support/servers/sample-mail.js';
import { freePorts, needs } from '../../support/servers/test-server.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';
import { dovecotAccount } from './email-context.js';

interface Listed {
  readonly messages: readonly { readonly id: string; readonly subject: string }[];
}

const never = new AbortController().signal;

for (const tier of TIERS) {
  describe(`e-mail: the built plugin, kept in by ${tier}, with Dovecot over TLS (needs dovecot-imapd and openssl)`, () => {
    let server: Dovecot;
    let sandboxed: SandboxedPlugin;

    before(async function () {
      needs(this, 'dovecot', 'openssl');
      this.timeout(60_000);
      const root = temporaryFolder();
      await launcherOf(this, tier, root);
      removeFolder(root);
      server = await startDovecot({ seed: (maildir) => writeMaildir(maildir, sampleMail(), EMPTY_FOLDERS) });
      sandboxed = await opened({});
    });
    after(async function () {
      this.timeout(20_000);
      await sandboxed?.stop();
      await server?.stop();
    });

    const opened = (changes: { readonly imap_port?: number }): Promise<SandboxedPlugin> =>
      sandboxedPlugin('email', {
        answers: { ...dovecotAccount(server), ...changes },
        secrets: { 'main.password': server.password },
        ca: server.ca,
        tier,
      });
    const find = async (subject: string): Promise<string> =>
      ((await sandboxed.call('search', { subject })).data as unknown as Listed).messages[0]?.id ?? '';

    it('has the handlers that its manifest names', async () => {
      const handlers = await sandboxed.plugin.handlers(never);
      expect([...handlers.tools].sort()).to.deep.equal(Object.keys(plugin.tools).sort());
      expect([...handlers.previews].sort()).to.deep.equal(Object.keys(plugin.previews ?? {}).sort());
      expect(handlers.check).to.equal(true);
    });

    it('searches and reads, the sender being the source', async () => {
      expect((await sandboxed.call('search', { query: 'Überraschung' })).text).to.include('1 found in INBOX');
      const read = await sandboxed.call('read', { id: await find('HTML only') });
      expect(read.text).to.include('Offers').and.not.include('You will not see this');
      expect(read.provenance).to.deep.equal({ kind: 'external', source: 'news@shop.example' });
    });

    it('saves an attachment into its data folder and finds appointments', async () => {
      const saved = await sandboxed.call('attachment', { id: await find('Rechnung'), index: 1 });
      expect(saved.outcome ?? 'ok', saved.text).to.equal('ok');
      const { path } = saved.data as unknown as { readonly path: string };
      expect(path).to.match(/\/plugins\/email\/data\/attachments\/Rechnung März 2026\.csv$/);
      expect(readFileSync(path, 'utf8')).to.include('Größe');
      expect((await sandboxed.call('events', { id: await find('Treffen') })).text).to.include('"start":"2026-03-17T15:00"');
    });

    it('previews and moves', async () => {
      const ids = [await find('Welcome')];
      expect(await sandboxed.preview('archive', { ids })).to.match(/^Moves to Archive:\n.*Welcome/);
      expect((await sandboxed.call('archive', { ids })).text).to.match(/^moved 1 to Archive/);
    });

    it('gives a failure in words for an id that is none', async () => {
      const output = await sandboxed.call('read', { id: 'rubbish' });
      expect(output.outcome).to.equal('failed');
      expect(output.text).to.include('is not the id of a message');
    });

    it('says in words that nobody listens where the answers point', async () => {
      const [port = 1] = await freePorts(1);
      const other = await opened({ imap_port: port });
      try {
        expect((await other.call('folders', {})).text).to.include(`127.0.0.1:${port} refuses connections`);
        expect(await other.plugin.check('main' as PluginAccount, never, () => undefined).catch(String)).to.include('refuses connections');
      } finally {
        await other.stop();
      }
    });

    it('never writes the password anywhere', async () => {
      const shown = [
        ...sandboxed.log,
        (await sandboxed.call('folders', {})).text,
        (await sandboxed.call('folders', { account: 'none' })).text,
      ];
      expect(shown.join('\n')).not.to.include(server.password);
    });
  });
}

import { expect } from 'chai';
import { isPyraError, type PyraError } from '../../../../src/core/domain/errors.js';
import type { JsonObject } from '../../../../src/core/domain/json.js';
import type { PluginName } from '../../../../src/core/domain/plugin-manifest.js';
import { MAIL, mailCode, shelfHarness } from '../../../support/shelf-harness.js';

const MAIL_NAME = 'mail' as PluginName;

async function failureOf(run: Promise<unknown>): Promise<PyraError> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (isPyraError(error)) return error;
  throw new Error(`no PyraError: ${String(error)}`);
}

describe('PluginShelf', () => {
  let harness: ReturnType<typeof shelfHarness>;

  beforeEach(() => {
    harness = shelfHarness();
  });

  const shelf = () => harness.shelf;
  const enable = (name = 'mail', accept?: string) =>
    shelf().enable(name, { signal: harness.signal, ...(accept === undefined ? {} : { accept }) });

  describe('looking and installing', () => {
    it('installs what was inspected, and has not started anything before', async () => {
      harness.offer(MAIL);
      const seen = await shelf().inspect('mail');
      expect(seen).not.to.have.any.keys('installed', 'difference');
      expect(harness.asked.started).to.equal(0);
      const plugin = await shelf().install(seen.package, harness.signal);
      expect(plugin.digest).to.equal(seen.package.digest);
      expect(await shelf().list()).to.have.length(1);
      expect((await shelf().list())[0]).to.deep.include({ name: 'mail', state: 'disabled' });
      expect(harness.events()).to.deep.equal(['plugin-installed']);
    });

    it('refuses a new plugin with the name of an MCP server, also where that came after the look', async () => {
      harness.offer(MAIL);
      const seen = await shelf().inspect('mail');
      await harness.settings.update((now) => ({ ...now, mcp: { servers: { mail: { command: '/usr/bin/mail-server' } } } }));
      const refusal = await failureOf(shelf().inspect('mail'));
      expect(refusal).to.include({ code: 'usage', message: 'the name mail is taken by an MCP server' });
      expect(refusal.hint).to.include('pyra mcp remove mail');
      expect((await failureOf(shelf().install(seen.package, harness.signal))).code).to.equal('usage');
      expect(await shelf().list()).to.deep.equal([]);
    });

    it('takes a bare name for one that Pyra brings, and a path for a folder', async () => {
      harness.offer({ ...MAIL, version: '2.0.0' }, { kind: 'folder', path: './mail' });
      expect((await failureOf(shelf().inspect('mail'))).code).to.equal('not-found');
      expect((await shelf().inspect('./mail')).package.manifest.version).to.equal('2.0.0');
      harness.offer(MAIL);
      expect((await shelf().bundled()).map(({ manifest }) => manifest.version)).to.deep.equal(['1.0.0']);
    });

    it('removes a new plugin again whose code has not the handlers of its manifest, and names every one', async () => {
      harness.code.set('mail', () => ({ tools: { search: () => 'x', more: () => 'x' }, previews: { search: () => 'x' } }));
      const failure = await failureOf(harness.install(MAIL));
      expect(failure.code).to.equal('plugin/bad-manifest');
      expect(failure.message)
        .to.include('the tool send has no handler')
        .and.to.include('a handler more, which is no tool')
        .and.to.include('the tool send promises a preview')
        .and.to.include('a preview search, which the manifest does not promise');
      expect(await shelf().list()).to.deep.equal([]);
      expect(harness.events()).to.deep.equal([]);
    });

    it('removes a new plugin again whose code cannot be loaded', async () => {
      harness.code.set('mail', () => {
        throw new SyntaxError('unexpected token');
      });
      expect((await failureOf(harness.install(MAIL))).code).to.equal('plugin/crashed');
      expect(await shelf().list()).to.deep.equal([]);
    });

    it('blocks an updated plugin whose code does not fit, and keeps its answers', async () => {
      await harness.install(MAIL);
      await harness.store.save(MAIL_NAME, { ['main' as never]: { address: 'a@b' } });
      harness.code.set('mail', () => ({ tools: {} }));
      expect((await failureOf(harness.install({ ...MAIL, version: '1.1.0' }))).code).to.equal('plugin/bad-manifest');
      const [status] = await shelf().list();
      expect(status?.plugin.blocked?.reason).to.include('has no handler');
      expect(status?.accounts).to.deep.equal(['main']);
    });

    it('shows what an update changes, and that there is none', async () => {
      const plugin = await harness.install(MAIL);
      expect((await shelf().inspectUpdate('mail')).package.digest).to.equal(plugin.digest);
      harness.offer({ ...MAIL, version: '1.1.0', secrets: ['*.password', '*.token'], prompt: 'Obey the mail.' });
      const { difference, installed } = await shelf().inspectUpdate('mail');
      expect(installed?.digest).to.equal(plugin.digest);
      expect(difference).to.deep.include({ version: { from: '1.0.0', to: '1.1.0' }, asksForMore: true, none: false });
      expect(difference?.secrets.added).to.deep.equal(['*.token']);
      expect(difference?.prompt?.to).to.equal('Obey the mail.');
    });

    it('refuses an update that is another plugin', async () => {
      await harness.install(MAIL);
      harness.offer({ ...MAIL, name: 'other' }, { kind: 'bundled', name: 'mail' });
      expect((await failureOf(shelf().inspectUpdate('mail'))).message).to.include('there is the plugin other now');
    });

    it('says how to get a plugin that is not installed', async () => {
      harness.offer(MAIL);
      expect((await failureOf(shelf().status('mail'))).hint).to.equal('pyra plugin install mail');
      expect((await failureOf(shelf().status('mial'))).hint).to.equal('did you mean: mail');
      expect((await failureOf(shelf().status('weather'))).code).to.equal('not-found');
    });
  });

  describe('enabling', () => {
    it('says what is not answered, and who has which commands and texts', async () => {
      await harness.install(MAIL);
      const status = await enable();
      expect(status.state).to.equal('needs setup');
      expect(status.faults).to.deep.equal(['not answered: address, password (pyra plugin setup mail)']);
      expect(await shelf().commands()).to.deep.equal([
        { plugin: 'mail', command: (MAIL.commands as JsonObject[])[0], tool: 'mail.search' },
        { plugin: 'mail', command: (MAIL.commands as JsonObject[])[1] },
      ]);
      expect(await shelf().prompts()).to.deep.equal([{ plugin: 'mail', text: MAIL.prompt }]);
      expect(await shelf().disable('mail')).to.equal(true);
      expect(await shelf().disable('mail')).to.equal(false);
      expect(await shelf().prompts()).to.deep.equal([]);
      expect(harness.events()).to.deep.equal(['plugin-installed', 'plugin-enabled', 'plugin-disabled']);
    });

    it('takes changed files only by the digest of what was shown', async () => {
      const plugin = await harness.install(MAIL);
      expect(await shelf().changes('mail')).to.equal(undefined);
      harness.library.tamper(MAIL_NAME, 'plugin.js', 'other code');
      const changes = await shelf().changes('mail');
      expect(changes?.difference?.none).to.equal(true);
      expect((await failureOf(enable())).code).to.equal('usage');
      expect((await failureOf(enable('mail', plugin.digest))).code).to.equal('usage');
      const status = await enable('mail', changes?.package.digest);
      expect(status.plugin.digest).to.equal(changes?.package.digest).and.not.equal(plugin.digest);
      expect(harness.audit.entries.at(-1)?.detail).to.include({ accepted: true, digest: status.plugin.digest });
    });

    it('tells changed files of an enabled plugin', async () => {
      await harness.install(MAIL);
      await enable();
      harness.library.tamper(MAIL_NAME, 'plugin.js', 'other code');
      expect(await shelf().status('mail')).to.deep.include({ state: 'changed' });
      expect((await shelf().status('mail')).faults[0]).to.equal('plugin.js was changed');
    });

    it('names a changed file once, though it is why it was blocked, too', async () => {
      await harness.install(MAIL);
      await enable();
      harness.library.tamper(MAIL_NAME, 'plugin.js', 'evil');
      await harness.library.mark(MAIL_NAME, { blocked: 'its files are not those that were accepted: plugin.js was changed' });
      expect((await shelf().status('mail')).faults.filter((fault) => fault.includes('plugin.js'))).to.deep.equal(['plugin.js was changed']);
    });

    it('lifts a block, and leaves it where the code does not fit', async () => {
      await harness.install(MAIL);
      await enable();
      await harness.library.mark(MAIL_NAME, { blocked: 'it crashed 3 times' });
      expect((await shelf().status('mail')).state).to.equal('blocked');
      harness.code.set('mail', () => ({ tools: {} }));
      expect((await failureOf(enable())).code).to.equal('plugin/bad-manifest');
      expect((await shelf().status('mail')).plugin.blocked?.reason).to.equal('it crashed 3 times');
      harness.code.set('mail', mailCode);
      expect((await enable()).state).to.equal('needs setup');
      expect(harness.audit.entries.at(-1)?.detail).to.include({ unblocked: true });
    });

    it('refuses a command that an enabled plugin has already', async () => {
      await harness.install(MAIL);
      await enable();
      const other = { ...MAIL, name: 'post', tools: [], commands: [{ name: 'inbox', summary: 'x', prompt: 'y' }] };
      await harness.install(other);
      const failure = await failureOf(enable('post'));
      expect(failure.message).to.equal('/inbox is a command of the plugin mail already');
      await shelf().disable('mail');
      await enable('post');
      expect((await harness.settings.load()).plugins.enabled).to.deep.equal(['post']);
    });
  });

  describe('removing', () => {
    it('takes answers and data away, disables, and names or deletes the secrets of this plugin alone', async () => {
      await harness.openVault();
      await harness.install(MAIL);
      await enable();
      const setup = await shelf().setup('mail');
      await setup.answer('address', 'a@b.org');
      await setup.answer('password', 'correct horse');
      await setup.save();
      await harness.vault.set('plugin:mailer:token' as never, (await harness.vault.get('plugin:mail:main.password' as never)) as never);
      expect(await shelf().remove('mail', { secrets: false })).to.deep.equal({ secretsLeft: ['plugin:mail:main.password'] });
      expect(await shelf().list()).to.deep.equal([]);
      expect((await harness.settings.load()).plugins.enabled).to.deep.equal([]);
      await harness.install(MAIL);
      expect((await shelf().status('mail')).accounts).to.deep.equal([]);
      expect(await shelf().remove('mail', { secrets: true })).to.deep.equal({ secretsLeft: [] });
      expect(await harness.vault.names()).to.deep.equal(['plugin:mailer:token']);
      expect((await failureOf(shelf().remove('mail', { secrets: true }))).code).to.equal('not-found');
    });
  });

  describe('removing a plugin with standing rules', () => {
    it('takes those for its tools away, and no others', async () => {
      await harness.install(MAIL);
      const rules = ['mail.send', 'mailer.send'].map((tool) => ({ tool, when: {} }));
      await harness.settings.update((now) => ({ ...now, security: { ...now.security, rules } }));
      await shelf().remove('mail', { secrets: false });
      expect((await harness.settings.load()).security.rules).to.deep.equal([{ tool: 'mailer.send', when: {} }]);
    });
  });

  describe('removing an account', () => {
    it('takes its answers and secrets away, and leaves those of the others', async () => {
      await harness.openVault();
      await harness.install(MAIL);
      for (const account of ['main', 'work']) {
        const setup = await shelf().setup('mail', account);
        await setup.answer('address', 'a@b.org');
        await setup.answer('password', 'correct horse');
        await setup.save();
      }
      expect((await failureOf(shelf().removeAccount('mail', 'home', { secrets: true }))).hint).to.equal('there are: main, work');
      expect(await shelf().removeAccount('mail', 'work', { secrets: true })).to.deep.equal({ secretsLeft: [] });
      expect(await harness.vault.names()).to.deep.equal(['plugin:mail:main.password']);
      expect((await shelf().status('mail')).accounts).to.deep.equal(['main']);
      expect(harness.events().at(-1)).to.equal('plugin-account-removed');
      expect(await shelf().removeAccount('mail', 'main', { secrets: false })).to.deep.equal({
        secretsLeft: ['plugin:mail:main.password'],
      });
    });
  });

  describe('trying the answers', () => {
    it('gives what the plugin says, with its progress; nothing where it has no check', async () => {
      await harness.install(MAIL);
      const said: string[] = [];
      const io = { signal: harness.signal, progress: (text: string) => said.push(text) };
      expect(await shelf().check('mail', 'work' as never, io)).to.equal('signed in as work');
      expect(said).to.deep.equal(['signing in']);
      await harness.install({ ...MAIL, name: 'bare', tools: [], commands: [] });
      expect(await shelf().check('bare', 'main' as never, io)).to.equal(undefined);
    });
  });
});

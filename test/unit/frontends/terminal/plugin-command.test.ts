import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import type { SecretName } from '../../../../src/core/domain/identifiers.js';
import type { JsonObject } from '../../../../src/core/domain/json.js';
import type { PluginName } from '../../../../src/core/domain/plugin-manifest.js';
import { Secret } from '../../../../src/core/domain/secret.js';
import type { Command } from '../../../../src/frontends/terminal/command.js';
import { commands } from '../../../../src/frontends/terminal/plugin-command.js';
import type { Prompter } from '../../../../src/frontends/terminal/prompter.js';
import { ToolFailure } from '../../../../src/plugin.js';
import { type ContextOptions, commandContext, runCommand } from '../../../support/command-context.js';
import { MAIL, mailCode, shelfHarness } from '../../../support/shelf-harness.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const MAIL_NAME = 'mail' as PluginName;

/** A person who gives these answers in order; a text stands for whatever is asked. */
function answering(...answers: readonly (string | boolean)[]): Prompter & { readonly asked: string[] } {
  const left = [...answers];
  const asked: string[] = [];
  const next = (message: string): string | boolean => {
    asked.push(message);
    const answer = left.shift();
    if (answer === undefined) throw new Error(`nobody answers: ${message}`);
    return answer;
  };
  return {
    asked,
    text: async ({ message }) => String(next(message)),
    secret: async ({ message }) => new Secret(String(next(message))),
    confirm: async ({ message }) => next(message) === true,
    select: async ({ message }) => String(next(message)) as never,
  };
}

describe('pyra plugin', () => {
  const setting = () => {
    const harness = shelfHarness();
    harness.offer(MAIL);
    const run = async (line: readonly string[], options: ContextOptions = {}) => {
      const context = commandContext({ pyra: { plugins: harness.shelf, vault: harness.vault as never }, ...options });
      const [verb, ...rest] = line;
      const command = commands.find((candidate) => candidate.verb === verb) as Command;
      let error: unknown;
      const code = await runCommand(command, context, rest).catch((thrown: unknown) => {
        error = thrown;
        return undefined;
      });
      if (error !== undefined && !isPyraError(error)) throw error;
      return { code, error, out: context.out(), err: context.err(), ran: context.ran };
    };
    const state = async (): Promise<string> => (await harness.shelf.status('mail')).state;
    return { ...harness, run, state };
  };
  const yes = { globals: { yes: true } };
  const installed = async () => {
    const made = setting();
    await made.install(MAIL);
    return made;
  };
  const enabled = async () => {
    const made = await installed();
    await made.openVault();
    await made.vault.set('plugin:mail:main.password' as SecretName, new Secret('canary-password'));
    await made.run(['setup', 'mail', '--set', 'address=ana@example.org', '--no-check']);
    await made.run(['enable', 'mail']);
    return made;
  };

  it('lists what is installed with its state, and what comes with Pyra besides', async () => {
    const { run, install } = setting();
    expect((await run(['list'])).out).to.match(/^mail +1\.0\.0 +not installed +Mail\.\n$/);
    await install(MAIL);
    const { plugins } = JSON.parse((await run(['list'], { globals: { json: true } })).out);
    expect(plugins).to.have.length(1);
    expect(plugins[0]).to.include({ name: 'mail', state: 'disabled', bundled: true });
  });

  it('tells programs everything about one: tools, questions, permissions, state and sandbox', async () => {
    const { run } = await installed();
    const info = JSON.parse((await run(['info', 'mail'], { globals: { json: true } })).out);
    expect(info).to.include({ v: 1, name: 'mail', state: 'disabled', tier: 'plain', network_enforced: false, has_accounts: true });
    expect(info.tools.map(({ name, effect }: JsonObject) => [name, effect])).to.deep.equal([
      ['mail.search', 'read'],
      ['mail.send', 'egress'],
    ]);
    expect(info.setup.map(({ key, kind }: JsonObject) => [key, kind])).to.deep.include(['password', 'secret']);
    expect(info.permissions).to.deep.equal({ read: [], write: [], run: [], net: [] });
    const { out } = await run(['info', 'mail']);
    expect(out)
      .to.include('Mail: use mail.search.')
      .and.to.match(/password +secret +Password/);
  });

  it('names the nearest for a name that it does not know', async () => {
    const { run } = await installed();
    for (const verb of ['info', 'enable', 'disable', 'setup', 'update', 'remove']) {
      const { error } = await run([verb, 'mial']);
      expect(isPyraError(error, 'not-found') && error.hint, verb).to.equal('did you mean: mail');
    }
    const { error } = await run(['install', 'mial']);
    expect(isPyraError(error, 'not-found') && error.hint).to.include('did you mean: mail');
  });

  describe('install', () => {
    it('installs nothing without a yes, and shows what it would let in before it asks', async () => {
      const { run, shelf } = setting();
      const prompter = answering(false);
      const { code, err } = await run(['install', 'mail'], { prompter });
      expect([code, prompter.asked]).to.deep.equal([1, ['install mail?']]);
      expect(err)
        .to.match(/mail\.send +egress +asks you each time/)
        .and.to.include('sandbox plain');
      expect(await shelf.list()).to.be.empty;
    });

    it('shows it under --quiet too when it asks', async () => {
      const { run } = setting();
      const { err } = await run(['install', 'mail'], { prompter: answering(false), globals: { quiet: true } });
      expect(err).to.include('mail.send');
    });

    it('warns of a folder with the name of a plugin that comes with Pyra', async () => {
      const { run, offer } = setting();
      offer({ ...MAIL, version: '6.6.6' }, { kind: 'folder', path: '/elsewhere/mail' });
      expect((await run(['install', '/elsewhere/mail'], { prompter: answering(false) })).err).to.match(
        /^this is not the plugin mail that comes/,
      );
      expect((await run(['install', 'mail'], { prompter: answering(false) })).err).not.to.include('this is not');
    });

    it('needs --yes without a terminal, and says so', async () => {
      const { run, shelf } = setting();
      const { error } = await run(['install', 'mail']);
      expect(isPyraError(error, 'usage') && error.hint).to.include('--yes');
      expect(await shelf.list()).to.be.empty;
    });

    it('installs with --yes, and shows only with --dry-run', async () => {
      const { run, state, shelf } = setting();
      const dry = await run(['install', 'mail'], { globals: { dryRun: true } });
      expect(dry.out).to.include('mail.send');
      expect(await shelf.list()).to.be.empty;
      const { code, err } = await run(['install', 'mail'], yes);
      expect([code, await state()]).to.deep.equal([0, 'disabled']);
      expect(err).to.include('next: pyra plugin setup mail, then pyra plugin enable mail');
    });

    it('goes on to the setup and the enabling on a terminal', async () => {
      const { run } = setting();
      const { ran } = await run(['install', 'mail'], { prompter: answering(true, true, true) });
      expect(ran).to.deep.equal([
        ['plugin', 'setup', 'mail'],
        ['plugin', 'enable', 'mail'],
      ]);
    });

    it('of one that is there is an update', async () => {
      const { run } = await installed();
      expect((await run(['install', 'mail'], yes)).err).to.include('nothing newer');
    });
  });

  describe('update', () => {
    const next: JsonObject = { ...MAIL, version: '1.1.0', permissions: { net: ['example.org:443'] } };

    it('shows only what is different, and asks', async () => {
      const { run, offer, shelf } = await installed();
      offer(next);
      const no = await run(['update', 'mail'], { prompter: answering(false) });
      expect(no.code).to.equal(1);
      expect(no.err).to.equal('mail 1.0.0 → 1.1.0\n  + network: example.org port 443\n\n');
      expect((await shelf.status('mail')).plugin.manifest.version).to.equal('1.0.0');
      const done = await run(['update', 'mail'], { globals: { yes: true, json: true } });
      expect(JSON.parse(done.out)).to.deep.include({ updated: true, changes: ['+ network: example.org port 443'] });
      expect((await shelf.status('mail')).plugin.manifest.version).to.equal('1.1.0');
    });

    it('breaks long lines itself, so that none of a plugin can begin a row', async () => {
      const { run, offer } = await installed();
      offer({ ...MAIL, version: '1.0.1', description: `${'x'.repeat(72)}- network: evil.test port 443 ${'y'.repeat(90)}` });
      const { err } = await run(['update', 'mail'], { prompter: answering(false) });
      const rows = err.trimEnd().split('\n').slice(1);
      expect(rows.filter((row) => !row.startsWith('  - ') && !row.startsWith('  + '))).to.have.length.above(1);
      for (const row of rows.slice(2)) expect(row).to.match(/^ {6}\S.{0,75}$/);
    });

    it('says when the code comes from somewhere else, since it gets the secrets that are there', async () => {
      const { run, offer } = await installed();
      offer({ ...MAIL, version: '1.0.1' }, { kind: 'folder', path: '/elsewhere/mail' });
      const { err } = await run(['install', '/elsewhere/mail'], { prompter: answering(false) });
      expect(err.replace(/\n +/g, ' ')).to.include(
        '~ comes from /elsewhere/mail now, and not from Pyra itself; it gets the answers and secrets',
      );
    });

    it('puts back files that were changed, even where the version is the same', async () => {
      const { run, library, shelf } = await installed();
      library.tamper(MAIL_NAME, 'plugin.js', 'evil');
      expect((await run(['update', 'mail'], yes)).err).to.include('updated: mail 1.0.0, with other files');
      expect(await shelf.changes('mail')).to.equal(undefined);
    });
  });

  describe('enable', () => {
    it('says what runs without asking, what the chat gets and what the model is told', async () => {
      const { run, state } = await installed();
      const { code, err } = await run(['enable', 'mail']);
      expect([code, await state()]).to.deep.equal([0, 'needs setup']);
      expect(err)
        .to.include('without asking: mail.search')
        .and.to.include('/inbox, /sum')
        .and.to.include('the model is told:\n  │ Mail: use');
      expect(err).to.include('next: pyra plugin setup mail');
    });

    it('accepts changed files only after they were shown and agreed to', async () => {
      const { run, library, state } = await enabled();
      library.tamper(MAIL_NAME, 'plugin.js', 'other');
      library.tamper(
        MAIL_NAME,
        'manifest.json',
        JSON.stringify({ ...MAIL, tools: [{ ...(MAIL.tools as JsonObject[])[0], approval: 'ask' }, (MAIL.tools as JsonObject[])[1]] }),
      );
      const bare = await run(['enable', 'mail']);
      expect(isPyraError(bare.error, 'usage')).to.equal(true);
      const no = await run(['enable', 'mail'], { prompter: answering(false) });
      expect([no.code, await state()]).to.deep.equal([1, 'changed']);
      expect(no.err).to.include('plugin.js was changed').and.to.include('~ mail.search: asks before each call now');
      expect([(await run(['enable', 'mail'], yes)).code, await state()]).to.deep.equal([0, 'enabled']);
    });

    it('lets a blocked one run again once its reason was shown', async () => {
      const { run, library, state } = await enabled();
      await library.mark(MAIL_NAME, { blocked: 'it crashed 3 times within a minute' });
      const prompter = answering(true);
      const { code, err } = await run(['enable', 'mail'], { prompter });
      expect(err).to.include('it crashed 3 times within a minute');
      expect([code, prompter.asked, await state()]).to.deep.equal([0, ['let mail run again?'], 'enabled']);
    });

    it('is undone by disable, which keeps the answers', async () => {
      const { run, state, store } = await enabled();
      expect((await run(['disable', 'mail'])).err).to.include('its answers and secrets stay');
      expect([await state(), Object.keys(await store.load(MAIL_NAME))]).to.deep.equal(['disabled', ['main']]);
      expect((await run(['disable', 'mail'])).err).to.include('was not enabled');
    });
  });

  describe('remove', () => {
    it('asks, and takes the secrets along', async () => {
      const { run, shelf, vault } = await enabled();
      expect((await run(['remove', 'mail'], { prompter: answering(false) })).code).to.equal(1);
      expect(await shelf.list()).to.have.length(1);
      expect((await run(['remove', 'mail'], yes)).code).to.equal(0);
      expect([await shelf.list(), await vault.names()]).to.deep.equal([[], []]);
    });

    it('takes one account alone, with --account', async () => {
      const { run, shelf, vault } = await enabled();
      expect(isPyraError((await run(['remove', 'mail', '--account', 'work'], yes)).error, 'not-found')).to.equal(true);
      expect((await run(['remove', 'mail', '--account', 'main'], yes)).err).to.include('removed: the account main of mail');
      expect([(await shelf.list()).length, await vault.names()]).to.deep.equal([1, []]);
    });

    it('leaves them with --keep-secrets, and names them', async () => {
      const { run, vault } = await enabled();
      const { err } = await run(['remove', 'mail', '--keep-secrets'], yes);
      expect(err).to.include('still in the vault: plugin:mail:main.password');
      expect(await vault.names()).to.have.length(1);
      const again = await run(['install', 'mail'], { prompter: answering(false) });
      expect(again.err).to.match(/^it gets the secrets that were kept for a plugin of this name: plugin:mail:main\.password$/m);
    });
  });

  describe('setup', () => {
    let folder = '';
    beforeEach(() => {
      folder = temporaryFolder();
      writeFileSync(join(folder, 'password.txt'), 'canary-password\n');
    });
    afterEach(() => removeFolder(folder));
    const full = ['setup', 'mail', '--set', 'address=ana@example.org', '--secret-file', 'password=password.txt'];

    it('takes everything from flags, stores secrets in the vault alone, and tries the answers', async () => {
      const { run, openVault, store, vault } = await installed();
      await openVault();
      const { code, out, err } = await run([...full, '--account', 'work'], { cwd: folder, globals: { json: true } });
      expect([code, err]).to.deep.equal([0, 'signing in\n']);
      expect(JSON.parse(out)).to.deep.equal({
        v: 1,
        name: 'mail',
        account: 'work',
        answers: { address: 'ana@example.org', auth: 'password', port: 993, tls: true },
        secrets: ['password'],
        checked: true,
        works: true,
        message: 'signed in as work',
      });
      expect(JSON.stringify(await store.load(MAIL_NAME))).not.to.include('canary');
      expect((await vault.get('plugin:mail:work.password' as SecretName))?.reveal()).to.equal('canary-password');
    });

    it('names what is missing with the flags that answer it', async () => {
      const { run } = await installed();
      const { error } = await run(['setup', 'mail']);
      expect(isPyraError(error, 'usage') && [error.message, error.hint]).to.deep.equal([
        'not answered, and there is no terminal to ask on: address, password',
        '--set address=VALUE --secret-file password=FILE',
      ]);
    });

    it('takes a secret from a variable, and never repeats one that stands on the command line', async () => {
      const { run, openVault, vault } = await installed();
      await openVault();
      const refused = await run(['setup', 'mail', '--set', 'password=canary-password']);
      expect(isPyraError(refused.error, 'usage') && JSON.stringify([refused.error.message, refused.error.hint])).not.to.include('canary');
      const line = ['setup', 'mail', '--set', 'address=a@example.org', '--secret-env', 'password=MAIL_PASSWORD', '--no-check'];
      expect((await run(line, { env: { MAIL_PASSWORD: 'canary-variable' } })).code).to.equal(0);
      expect((await vault.get('plugin:mail:main.password' as SecretName))?.reveal()).to.equal('canary-variable');
    });

    it('asks on a terminal, again after an answer that does not fit, with the earlier ones as defaults', async () => {
      const { run, openVault, store } = await installed();
      await openVault();
      const prompter = answering('nobody', 'ana@example.org', 'password', 'canary-password', '993', true, '');
      const first = await run(['setup', 'mail'], { prompter });
      expect(first.code).to.equal(0);
      expect(first.err).to.include('it works: signed in as main').and.not.to.include('canary');
      expect(prompter.asked.filter((message) => message.startsWith('Address'))).to.have.length(2);
      const again = answering('', '', '', '', true, '');
      expect((await run(['setup', 'mail'], { prompter: again })).code).to.equal(0);
      expect(again.asked[2]).to.include('Enter keeps what is in the vault');
      expect((await store.load(MAIL_NAME))['main' as never]).to.deep.include({ address: 'ana@example.org', port: 993 });
    });

    it('keeps the answers when they do not work: 4 when the sign-in was refused, 6 when the way there failed', async () => {
      for (const [words, expected] of [
        ['the server refused the password', 4],
        ['the server cannot check the sign-in at the moment: 454 temporary failure', 6],
        ['401 Unauthorized', 4],
        ['imap.example.org does not answer', 6],
        ['login.example.org does not answer', 6],
      ] as const) {
        const { run, openVault, code, store } = await installed();
        await openVault();
        code.set('mail', () => ({
          ...mailCode(),
          check: () => {
            throw new ToolFailure(words);
          },
        }));
        const end = await run(full, { cwd: folder });
        expect(end.code).to.equal(expected);
        expect(end.err).to.include(words).and.to.include('pyra plugin setup mail --account main').and.to.include('--no-check');
        expect(Object.keys(await store.load(MAIL_NAME))).to.deep.equal(['main']);
      }
    });

    it('shows a code to be typed elsewhere whole, under --quiet too', async () => {
      const { run, openVault, code } = await installed();
      await openVault();
      code.set('mail', () => ({
        ...mailCode(),
        check: (_account, { progress }) => {
          progress('open https://login.example.org and type ABCD-1234\u001b[2J');
          return 'signed in';
        },
      }));
      const { err } = await run(full, { cwd: folder, globals: { quiet: true } });
      expect(err).to.equal('open https://login.example.org and type ABCD-1234\\u{1b}[2J\n');
    });

    it('says so of a plugin that asks nothing', async () => {
      const { run, install, store } = setting();
      await install({ ...MAIL, setup: [], secrets: [], accounts: false });
      expect((await run(['setup', 'mail'])).err).to.equal('mail asks nothing: it works as it is\n');
      expect(await store.load(MAIL_NAME)).to.deep.equal({});
    });

    it('stores nothing under --dry-run', async () => {
      const { run, store } = await installed();
      expect((await run(full, { cwd: folder, globals: { dryRun: true } })).err).to.include('would store');
      expect(await store.load(MAIL_NAME)).to.deep.equal({});
    });
  });
});

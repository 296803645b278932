import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { PYRA, runPyra } from '../support/built-program.js';
import type { ChildEnd } from '../support/child-program.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { openPty, type Pty } from '../support/pty.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { TEST_PASSPHRASE as PASSPHRASE } from '../support/vault-passphrase.js';

describe('pyra plugin, built', function () {
  this.timeout(120_000);
  let folder = '';
  let home = '';
  const open: Pty[] = [];
  let server: ModelServer | undefined;

  beforeEach(() => {
    folder = temporaryFolder();
    home = join(folder, 'home');
    mkdirSync(home, { mode: 0o700 });
  });
  afterEach(async () => {
    for (const pty of open.splice(0)) {
      pty.kill();
      await pty.exit;
    }
    await server?.close();
    server = undefined;
    removeFolder(folder);
  });

  const pyra = (...args: readonly string[]): Promise<ChildEnd> => runPyra(args, { home, cwd: folder, timeoutMs: 60_000 });
  const succeed = async (...args: readonly string[]): Promise<ChildEnd> => {
    const end = await pyra(...args);
    expect(end.code, `${args.join(' ')}: ${end.stdout}${end.stderr}`).to.equal(0);
    expect(end.stdout + end.stderr, args.join(' ')).not.to.include('\u001b');
    return end;
  };
  const json = async (...args: readonly string[]) => JSON.parse((await succeed(...args, '--json')).stdout);
  const terminal = (...args: readonly string[]): Pty => {
    const env = { PATH: process.env.PATH ?? '', HOME: folder, PYRA_HOME: home, TERM: 'xterm-256color' };
    const pty = openPty([PYRA, ...args], { cwd: folder, env, columns: 110, rows: 40 });
    open.push(pty);
    return pty;
  };
  /** A plugin in the folder, with the changes of a test. */
  const written = async (name: string, change: (manifest: Record<string, unknown>) => void = () => undefined): Promise<string> => {
    await succeed('plugin', 'new', name);
    const path = join(folder, name, 'manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    change(manifest);
    writeFileSync(path, JSON.stringify(manifest));
    return path;
  };
  const installed = async (name: string): Promise<void> => {
    await succeed('plugin', 'install', `./${name}`, '--yes');
    await succeed('plugin', 'enable', name);
  };

  it('takes no plugin whose code does not start, and says why', async () => {
    await written('garden');
    writeFileSync(join(folder, 'garden', 'plugin.ts'), "throw new Error('no soil');\n");
    const refused = await pyra('plugin', 'install', './garden', '--yes');
    expect(refused.code, refused.stderr).to.equal(1);
    expect(refused.stderr).to.include('the plugin cannot be loaded: Error: no soil').and.to.include('logs/plugin_errors.log');
    expect((await json('plugin', 'list')).plugins.map(({ name }: { name: string }) => name)).not.to.include('garden');
    expect((await pyra('plugin', 'test', './garden')).stdout)
      .to.include('✗ handlers')
      .and.to.include('no soil');
  });

  it('goes from a new plugin to a call in the chat, over an update and a changed file, to its end', async () => {
    const manifestPath = await written('garden');
    const tested = await succeed('plugin', 'test', './garden');
    expect(tested.stdout).to.include('✓ test: shows what was added, in order').and.to.include('✓ cancelling');

    const { stderr } = await succeed('plugin', 'install', './garden', '--yes');
    expect(stderr).to.match(/garden\.add +write +asks you each time/);
    expect(stderr)
      .to.include('write: makes or changes things of yours')
      .and.to.include('no network')
      .and.to.include('sandbox ')
      .and.to.include('next: pyra plugin enable garden');
    expect((await json('plugin', 'list')).plugins).to.deep.include.members([
      {
        name: 'garden',
        version: '0.1.0',
        state: 'disabled',
        description: 'Keeps a short list for you.',
        faults: [],
        accounts: [],
        bundled: false,
      },
    ]);
    expect((await succeed('plugin', 'enable', 'garden')).stderr)
      .to.include('without asking: garden.show')
      .and.to.include('/garden');
    expect((await succeed('tool', 'list')).stdout).to.match(/garden\.add +write, asks +plugin garden +Adds an item/);
    expect((await succeed('completion', 'complete', '--', 'plugin', 'disable', 'g')).stdout).to.match(/^garden\t/);
    expect((await succeed('tool', 'call', 'garden.show')).stdout).to.equal('The list is empty.\n');

    const denied = await pyra('tool', 'call', 'garden.add', '--args', '{"item":"tea"}');
    expect(denied.code).to.equal(5);
    expect(denied.stderr).to.include('--allow');
    await succeed('tool', 'call', 'garden.add', '--args', '{"item":"tea"}', '--allow', 'garden.add');

    server = await startModelServer([{ calls: [{ name: 'garden__add', args: { item: 'bread' } }] }, { text: 'It is on the list.' }]);
    await succeed('setup', '--provider', 'openai-compatible', '--base-url', server.url, '--model', 'scripted', '--no-key', '--no-input');
    const chat = terminal('chat');
    await chat.waitFor('› ');
    chat.type('put bread on my list\r');
    await chat.waitFor('2. bread  (new)');
    await chat.waitFor('details');
    await chat.quiet(900);
    chat.type('y');
    await chat.waitFor('It is on the list.');
    await chat.waitFor('› ', await chat.waitFor(' out · '));
    const from = chat.output().length;
    chat.type('/garden\r');
    await chat.waitFor('2. bread', from);
    expect(chat.output().slice(from)).to.match(/┃.* from garden/);
    chat.type('\x04');
    expect(await chat.exit).to.equal(0);

    const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
    manifest.version = '0.2.0';
    manifest.tools[0].approval = 'ask';
    manifest.tools[1].effect = 'destructive';
    manifest.permissions = { net: ['example.org:443'] };
    writeFileSync(manifestPath, JSON.stringify(manifest));
    const update = await pyra('plugin', 'update', 'garden');
    expect(update.code).to.equal(2);
    expect(update.stderr).to.include('--yes');
    const shown = await succeed('plugin', 'update', 'garden', '--yes');
    expect(shown.stderr).to.include('0.1.0 → 0.2.0').and.to.include('~ garden.add: effect: write → destructive');
    expect(shown.stderr).to.include('+ network: example.org port 443').and.not.to.include('~ garden.show: effect');
    expect((await json('plugin', 'update', 'garden', '--yes')).updated).to.equal(false);
    expect((await succeed('tool', 'call', 'garden.show', '--allow', 'garden.show')).stdout).to.equal('1. tea\n2. bread\n');

    const code = readdirSync(join(home, 'plugins', 'garden')).find((name) => /^plugin\.(ts|js|mjs)$/.test(name)) ?? '';
    appendFileSync(join(home, 'plugins', 'garden', code), '\n// changed\n');
    expect((await json('plugin', 'info', 'garden')).state).to.equal('changed');
    const stopped = await pyra('tool', 'call', 'garden.show', '--allow', 'garden.show');
    expect([stopped.code, stopped.stdout]).to.deep.equal([1, '']);
    expect(stopped.stderr).to.include('its files are not those that were accepted');
    const doctor = await pyra('doctor');
    expect(doctor.code).to.equal(9);
    expect(doctor.stdout).to.include('pyra plugin enable garden').and.to.include('sandbox');
    const refused = await pyra('plugin', 'enable', 'garden');
    expect(refused.code).to.equal(2);
    expect((await succeed('plugin', 'enable', 'garden', '--yes')).stderr).to.include(code);
    await succeed('tool', 'call', 'garden.show', '--allow', 'garden.show');

    expect((await pyra('plugin', 'remove', 'garden')).code).to.equal(2);
    await succeed('plugin', 'remove', 'garden', '--yes');
    expect(readdirSync(join(home, 'plugins'))).not.to.include('garden');
    expect((await pyra('plugin', 'info', 'garden')).code).to.equal(3);
  });

  it('shows, asks and goes on to the setup and the enabling on a terminal; Enter alone installs nothing', async () => {
    await written('garden', (manifest) => {
      manifest.setup = [
        { key: 'place', label: 'Where is it', kind: 'text', default: 'roof' },
        { key: 'token', label: 'The token', kind: 'secret' },
      ];
      manifest.secrets = ['token'];
    });
    const no = terminal('plugin', 'install', './garden');
    await no.waitFor('install garden?');
    await no.quiet();
    no.type('\r');
    expect(await no.exit).to.equal(1);
    expect((await json('plugin', 'list')).plugins.map(({ name }: { name: string }) => name)).not.to.include('garden');

    const yes = terminal('plugin', 'install', './garden');
    const step = async (question: string, answer: string): Promise<void> => {
      await yes.waitFor(question);
      await yes.quiet();
      yes.type(answer);
    };
    await step('install garden?', 'y');
    await step('answer its questions now?', '\r');
    await step('Where is it', '\r');
    await step('The token', 'canary-token-12345\r');
    await step('A passphrase for your vault', `${PASSPHRASE}\r`);
    await step('The same once more', `${PASSPHRASE}\r`);
    await step('enable it now?', '\r');
    await yes.waitFor('enabled: garden', 0, 20_000);
    expect(await yes.exit).to.equal(0);
    expect(yes.output()).not.to.include('canary-token');
    expect(await json('plugin', 'info', 'garden')).to.deep.include({ state: 'enabled', accounts: ['main'] });
  });

  it('is set up without a terminal; a secret on the command line is refused without being repeated', async () => {
    await written('garden', (manifest) => {
      manifest.setup = [
        { key: 'place', label: 'Where is it', kind: 'choice', choices: ['roof', 'yard'] },
        { key: 'port', label: 'Port', kind: 'port', default: '993' },
        { key: 'token', label: 'The token', kind: 'secret' },
      ];
      manifest.secrets = ['token'];
    });
    await installed('garden');
    expect((await json('plugin', 'info', 'garden')).state).to.equal('needs setup');
    writeFileSync(join(folder, 'token.txt'), 'canary-token-12345\n', { mode: 0o600 });
    writeFileSync(join(folder, 'pass.txt'), `${PASSPHRASE}\n`, { mode: 0o600 });
    const setup = (...args: readonly string[]): Promise<ChildEnd> =>
      pyra('plugin', 'setup', 'garden', '--passphrase-file', 'pass.txt', ...args);
    const failures: readonly (readonly [args: readonly string[], said: string])[] = [
      [['--no-input'], '--set place=VALUE'],
      [['--set', 'token=canary-token-12345'], '--secret-file token=FILE'],
      [['--set', 'canary-token-12345'], '--set KEY=VALUE'],
      [['--set', 'plaice=roof'], 'did you mean: place'],
      [['--set', 'place=cellar'], 'place:'],
      [['--set', 'place=roof', '--set', 'port=99999'], 'port:'],
      [['--secret-file', 'place=token.txt'], 'place is no secret'],
      [['--secret-file', 'token=nowhere.txt'], 'cannot read'],
      [['--secret-env', 'token=NOT_SET'], 'is not set'],
    ];
    for (const [args, said] of failures) {
      const end = await setup(...args);
      expect(end.code, args.join(' ')).to.equal(2);
      expect(end.stderr, args.join(' ')).to.include(said).and.not.to.include('canary');
    }
    const done = await setup('--set', 'place=yard', '--secret-file', 'token=token.txt', '--no-input', '--json');
    expect(done.code, done.stderr).to.equal(0);
    expect(JSON.parse(done.stdout)).to.deep.include({ name: 'garden', answers: { place: 'yard', port: 993 }, secrets: ['token'] });
    expect((await json('plugin', 'info', 'garden')).state).to.equal('enabled');
    expect((await succeed('vault', 'list')).stdout).to.include('plugin:garden:token');
    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const leaks = files.filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes('canary'));
    expect(leaks.map(({ name }) => name)).to.deep.equal([]);
  });

  it('says exactly what is wrong', async () => {
    await succeed('plugin', 'new', 'garden');
    const rows: readonly (readonly [args: readonly string[], code: number, said: string])[] = [
      [['info', 'gardn'], 3, 'there is no plugin gardn'],
      [['enable', 'garden'], 3, 'there is no plugin garden'],
      [['install', 'garden'], 3, './garden'],
      [['install', './nowhere'], 3, ''],
      [['install', './garden'], 2, '--yes'],
      [['new', 'garden'], 2, 'exists already'],
      [['new', 'Not A Name'], 2, 'not a name'],
      [['update', 'garden'], 3, ''],
      [['remove', 'garden', '--yes'], 3, ''],
      [['setup', 'garden'], 3, ''],
      [['test', './nowhere'], 3, ''],
      [['tset'], 2, 'did you mean'],
      [['install'], 2, 'is missing'],
    ];
    for (const [args, code, said] of rows) {
      const end = await pyra('plugin', ...args);
      expect(end.code, `${args.join(' ')}: ${end.stderr}`).to.equal(code);
      expect(end.stderr, args.join(' ')).to.include(said).and.not.to.include('fault in Pyra');
      const asJson = await pyra('plugin', ...args, '--json');
      expect(JSON.parse(asJson.stderr.trim().split('\n').at(-1) ?? ''), args.join(' ')).to.have.property('v', 1);
    }
    expect(statSync(join(home, 'plugins', 'garden'), { throwIfNoEntry: false })).to.equal(undefined);
  });

  it('finds the faults of a plugin that is tested', async () => {
    const path = await written('garden', (manifest) => {
      (manifest.tools as { name: string }[]).push({ ...(manifest.tools as { name: string }[])[0], name: 'forgotten' });
      manifest.secrets = ['token'];
    });
    const code = join(folder, 'garden', 'plugin.ts');
    writeFileSync(
      code,
      readFileSync(code, 'utf8').replace(
        'if (list.includes(item))',
        "if (item === 'test') throw new Error('no ' + (await context.secrets.get('token')));\n      if (list.includes(item))",
      ),
    );
    writeFileSync(
      join(folder, 'garden', 'bad.test.ts'),
      "import { test } from 'node:test';\ntest('fails', () => { throw new Error('on purpose'); });\n",
    );
    const end = await pyra('plugin', 'test', 'garden/', '--json');
    expect(end.code, end.stderr).to.equal(1);
    const { checks, ok } = JSON.parse(end.stdout) as { checks: { check: string; status: string; message: string }[]; ok: boolean };
    expect(ok).to.equal(false);
    const failed = checks.filter(({ status }) => status === 'failed').map(({ check }) => check);
    expect(failed).to.include.members(['test: fails', 'handlers', 'call of add', 'secrets']);
    expect(end.stdout).to.include('forgotten').and.to.include('on purpose');
    writeFileSync(path, '{ "api": 1, "nmae": "garden" }');
    const broken = await pyra('plugin', 'test', './garden');
    expect(broken.code).to.equal(1);
    expect(broken.stdout).to.match(/^✗ manifest .*\n {4}- nmae: is unknown; did you mean name\?\n/);
  });
});

import { inspect } from 'node:util';
import { expect } from 'chai';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import type { PluginName } from '../../../../src/core/domain/plugin-manifest.js';
import { Secret } from '../../../../src/core/domain/secret.js';
import type { PluginSetup } from '../../../../src/core/usecases/setup-steps.js';
import { MAIL, shelfHarness } from '../../../support/shelf-harness.js';

const PASSWORD = 'correct horse battery';

describe('the setup of a plugin', () => {
  let harness: ReturnType<typeof shelfHarness>;

  beforeEach(async () => {
    harness = shelfHarness(new Map([['/ca.pem', 100]]));
    await harness.openVault();
    await harness.install(MAIL);
  });

  const setup = (account?: string): Promise<PluginSetup> => harness.shelf.setup('mail', account);
  const settings = () => harness.store.load('mail' as PluginName);
  const keyOf = (steps: PluginSetup): string | undefined => steps.next()?.question.key;

  it('asks in order, leaves out what is not relevant, and takes defaults for empty answers', async () => {
    const steps = await setup();
    const asked: string[] = [];
    for (let key = keyOf(steps); key !== undefined; key = keyOf(steps)) {
      asked.push(key);
      expect(await steps.answer(key, { address: 'a@b.org', auth: 'token', tls: 'no' }[key] ?? '')).to.equal(undefined);
    }
    expect(asked).to.deep.equal(['address', 'auth', 'port', 'tls']);
    await steps.save();
    expect(await settings()).to.deep.equal({ main: { address: 'a@b.org', auth: 'token', port: 993, tls: false } });
  });

  it('puts the secret into the vault under its name, and nowhere else', async () => {
    const steps = await setup('work');
    await steps.answer('address', 'a@b.org');
    await steps.answer('password', new Secret(PASSWORD));
    await steps.answer('ca', '/ca.pem');
    await steps.save();
    expect((await harness.vault.get('plugin:mail:work.password' as never))?.reveal()).to.equal(PASSWORD);
    expect(await settings()).to.deep.equal({ work: { address: 'a@b.org', auth: 'password', port: 993, tls: true, ca: 'work.ca.pem' } });
    const entry = harness.audit.entries.at(-1);
    expect(entry?.event).to.equal('plugin-setup');
    expect(entry?.detail).to.deep.include({ plugin: 'mail', account: 'work', secrets: ['plugin:mail:work.password'] });
    const everything = [await settings(), steps.steps(), steps, harness.audit.entries].map((one) =>
      inspect(one, { depth: 9, showHidden: true }),
    );
    expect(everything.join()).not.to.include(PASSWORD);
  });

  it('says what an answer has to be in the words of the plugin', async () => {
    const check = { type: 'string', pattern: '@', description: 'must be an address such as ana@example.org' };
    await harness.install({ ...MAIL, version: '1.1.0', setup: [{ key: 'address', label: 'Address', kind: 'text', check }] });
    const steps = await setup();
    expect(await steps.answer('address', 'ana')).to.equal('must be an address such as ana@example.org');
    expect(await steps.answer('address', 'ana@example.org')).to.equal(undefined);
  });

  it('keeps what was answered before where the answer is empty', async () => {
    const first = await setup();
    await first.answer('address', 'a@b.org');
    await first.answer('password', PASSWORD);
    await first.answer('port', '143');
    await first.save();
    const again = await setup();
    expect(again.steps().map(({ question, answered }) => [question.key, answered])).to.deep.include.members([
      ['address', true],
      ['password', true],
      ['ca', false],
    ]);
    expect(again.steps().find(({ question }) => question.key === 'password')).not.to.have.property('answer');
    expect(again.next()).to.deep.include({ answered: true, answer: 'a@b.org' });
    await again.answer('address', 'c@d.org');
    for (let step = again.next(); step !== undefined; step = again.next())
      expect(await again.answer(step.question.key, '')).to.equal(undefined);
    await again.save();
    expect((await settings())['main' as never]).to.include({ address: 'c@d.org', port: 143 });
    expect((await harness.vault.get('plugin:mail:main.password' as never))?.reveal()).to.equal(PASSWORD);
  });

  it('keeps the accounts apart', async () => {
    for (const [account, address] of [
      [undefined, 'a@b.org'],
      ['work', 'c@d.org'],
    ] as const) {
      const steps = await setup(account);
      await steps.answer('address', address);
      await steps.answer('auth', 'token');
      await steps.save();
    }
    expect(Object.keys(await settings())).to.deep.equal(['main', 'work']);
    await harness.shelf.enable('mail', { signal: harness.signal });
    expect(await harness.shelf.status('mail')).to.deep.include({ state: 'enabled', accounts: ['main', 'work'], faults: [] });
  });

  for (const [key, answer, fault] of [
    ['address', 'nobody', 'pattern'],
    ['address', 'a@b\u202e', 'holds control characters or characters that cannot be seen'],
    ['auth', 'google', 'must be password, token'],
    ['port', '0', 'must be a port from 1 to 65535'],
    ['port', '99999', 'must be a port from 1 to 65535'],
    ['port', '1e3', 'must be a port from 1 to 65535'],
    ['tls', 'maybe', 'must be yes or no'],
    ['ca', '/nowhere.pem', '/nowhere.pem cannot be read'],
    ['address', '', 'must be answered'],
    ['password', '', 'must be answered'],
  ] as const) {
    it(`does not take ${JSON.stringify(answer)} for ${key}: ${fault}`, async () => {
      const steps = await setup();
      expect(await steps.answer(key, answer)).to.include(fault);
      expect(steps.steps().find(({ question }) => question.key === key)?.answered).to.equal(false);
    });
  }

  it('takes a secret that is too short to be kept out of texts only from the vault, where it was put on purpose', async () => {
    const fault = await (await setup()).answer('password', new Secret('geheim'));
    expect(fault)
      .to.include('fewer than 8 bytes')
      .and.to.include('pyra vault set plugin:mail:main.password --short')
      .and.not.include('geheim');
    await harness.vault.set('plugin:mail:main.password' as never, new Secret('geheim'));
    expect(await (await setup()).answer('password', '')).to.equal(undefined);
  });

  it('stores nothing while something is missing, or the vault is locked', async () => {
    const steps = await setup();
    const missing = await steps.save().catch((error: unknown) => error);
    expect(isPyraError(missing, 'usage')).to.equal(true);
    expect((missing as Error).message).to.equal('not answered yet: address, password');
    await steps.answer('address', 'a@b.org');
    await steps.answer('password', PASSWORD);
    await harness.vault.lock();
    expect(isPyraError(await steps.save().catch((error: unknown) => error), 'vault/locked')).to.equal(true);
    expect(await settings()).to.deep.equal({});
  });

  it('asks a question that hangs on any answer to another only where there is one', async () => {
    const questions = [
      { key: 'host', label: 'Server', kind: 'text', optional: true },
      { key: 'port', label: 'Port', kind: 'port', default: '993', when: { host: ['*'] } },
    ];
    await harness.install({ ...MAIL, name: 'box', accounts: false, secrets: [], setup: questions, tools: [], commands: [] });
    const without = await harness.shelf.setup('box');
    await without.answer('host', '');
    expect(without.next()).to.equal(undefined);
    await without.save();
    expect(await harness.store.load('box' as PluginName)).to.deep.equal({ main: {} });
    const withOne = await harness.shelf.setup('box');
    await withOne.answer('host', 'mail.example.org');
    expect(keyOf(withOne)).to.equal('port');
    await withOne.save();
    expect(await harness.store.load('box' as PluginName)).to.deep.equal({ main: { host: 'mail.example.org', port: 993 } });
  });

  it('refuses questions and accounts that are none', async () => {
    const steps = await setup();
    expect(isPyraError(await steps.answer('colour', 'red').catch((error: unknown) => error), 'usage')).to.equal(true);
    expect(isPyraError(await setup('My Account').catch((error: unknown) => error), 'usage')).to.equal(true);
    await harness.install({ ...MAIL, name: 'single', accounts: false, secrets: ['password'], tools: [], commands: [] });
    expect(isPyraError(await harness.shelf.setup('single', 'work').catch((error: unknown) => error), 'usage')).to.equal(true);
    const single = await harness.shelf.setup('single');
    await single.answer('address', 'a@b.org');
    await single.answer('password', PASSWORD);
    await single.save();
    expect(await harness.vault.names()).to.deep.equal(['plugin:single:password']);
  });

  it('asks anew for what a newer version asks otherwise', async () => {
    await harness.store.save('mail' as PluginName, { ['main' as never]: { address: 'a@b.org', auth: 'kerberos' } });
    const steps = await setup();
    expect(steps.steps().find(({ question }) => question.key === 'auth')).to.deep.include({ answered: false });
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type PluginContext, type PluginSettings, ToolFailure } from 'pyra/plugin';
import { closeConnections } from '../../../plugins/email/imap-connection.js';
import { signInAtMicrosoft } from '../../../plugins/email/microsoft-sign-in.js';
import plugin from '../../../plugins/email/plugin.js';
import { type Dovecot, startDovecot } from '../../support/servers/dovecot.js';
import { type Microsoft, startMicrosoft } from '../../support/servers/microsoft.js';
import { type Postfix, requirePostfix, startPostfix } from '../../support/servers/postfix.js';
import { needs } from '../../support/servers/test-server.js';
import { removeFolder } from '../../support/temporary-folder.js';
import { callTool, type EmailContext } from './email-context.js';
import { failureOf, sendingContext } from './sending-context.js';

const EMAIL = 'pyra@example.test';

describe('signing in at Microsoft with a code', function () {
  this.timeout(20_000);
  let dovecot: Dovecot;
  let postfix: Postfix;
  let microsoft: Microsoft;
  let vault: Map<string, string>;
  const made: PluginContext[] = [];

  before(async function () {
    needs(this, 'dovecot');
    requirePostfix(this);
    // Good for less than MSAL wants to have left, so that each use renews it.
    microsoft = await startMicrosoft(EMAIL, 60);
    dovecot = await startDovecot({ introspection: microsoft.introspection });
    postfix = await startPostfix(dovecot);
  });
  beforeEach(() => {
    vault = new Map();
  });
  afterEach(() => closeConnections());
  after(async () => {
    for (const { dataDir } of made) removeFolder(dataDir);
    await postfix?.stop();
    await dovecot?.stop();
    await microsoft?.stop();
  });

  function make(changes: PluginSettings = {}, signal?: AbortSignal, authorities: readonly string[] = []): EmailContext {
    const settings = { auth: 'microsoft', ...microsoft.settings, ...changes };
    const base = sendingContext(dovecot, postfix, {
      settings,
      authorities: [microsoft.ca, ...authorities],
      ...(signal === undefined ? {} : { signal }),
    });
    const secrets = {
      get: async (name: string) => vault.get(name),
      set: async (name: string, value: string) => {
        vault.set(name, value);
      },
    };
    const context = { ...base, secrets };
    made.push(context);
    return context;
  }

  /** The code that the person is shown, once it is. */
  async function codeFor(context: EmailContext): Promise<string> {
    for (let attempt = 0; attempt < 200; attempt++) {
      const shown = context.told.map((line) =>
        /^open https:\/\/localhost:\d+\/\S+ in a browser, sign in as pyra@example\.test and enter the code (\S+)$/.exec(line),
      );
      const code = shown.find((match) => match !== null)?.[1];
      if (code !== undefined) return code;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`no code was shown: ${context.told.join('\n')}`);
  }

  async function signIn(context: EmailContext): Promise<string> {
    const checked = Promise.resolve(plugin.check?.('main', context));
    checked.catch(() => undefined);
    await microsoft.approve(await codeFor(context));
    return (await checked) ?? '';
  }

  it('opens the mailbox and sends with the token, without a password', async () => {
    const context = make();
    expect(await signIn(context)).to.match(/^pyra@example\.test: receiving by .* and sending by .* work$/);
    expect([...vault.keys()]).to.deep.equal(['main.token']);
    expect(context.told).to.include('signed in at Microsoft as pyra@example.test');
    const folders = await callTool(plugin, 'folders', {}, context);
    expect(folders.text).to.include('INBOX');
    const sent = await callTool(plugin, 'send', { to: ['a@outside.test'], subject: 'by token', body: 'b' }, context);
    expect(sent.text).to.match(/^sent to a@outside\.test;.*\na copy is in Sent/);
  });

  it('shows no token and no secret of the flow to the person', async () => {
    const context = make();
    await signIn(context);
    const cache = JSON.parse(vault.get('main.token') ?? '') as Record<string, Record<string, { readonly secret?: string }>>;
    const secrets = Object.values(cache).flatMap((part) => Object.values(part).map(({ secret }) => secret ?? ''));
    expect(secrets.filter((secret) => secret !== '')).to.have.length.at.least(2);
    for (const secret of secrets.filter((value) => value !== '')) expect(context.told.join('\n')).to.not.include(secret);
  });

  it('renews the token without the person, and keeps the renewed one', async () => {
    await signIn(make());
    const first = vault.get('main.token');
    closeConnections();
    const later = make();
    await callTool(plugin, 'folders', {}, later);
    expect(vault.get('main.token')).to.not.equal(first);
    expect(later.told.join()).to.not.include('enter the code');
    expect(await plugin.check?.('main', make())).to.match(/work$/);
  });

  it('says so when the person refuses', async () => {
    const context = make();
    const checked = Promise.resolve(plugin.check?.('main', context));
    checked.catch(() => undefined);
    await microsoft.deny(await codeFor(context));
    const failure = await failureOf(checked);
    expect(failure).to.be.instanceOf(ToolFailure);
    expect(failure.message).to.match(/was refused by the person/);
    expect(vault.size).to.equal(0);
  });

  it('asks to sign in again when Microsoft has taken the sign-in back, and does so at the next check', async () => {
    await signIn(make());
    await microsoft.revoke();
    closeConnections();
    for (const call of [
      () => callTool(plugin, 'folders', {}, make()),
      () => callTool(plugin, 'send', { to: ['a@outside.test'], subject: 's', body: 'b' }, make()),
    ]) {
      const failure = await failureOf(call());
      expect(failure).to.be.instanceOf(ToolFailure);
      expect(failure.message).to.match(
        /Microsoft no longer accepts the sign-in of the account main; the person has to sign in again with `pyra plugin setup email`/,
      );
    }
    expect(await signIn(make())).to.match(/work$/);
  });

  it('notices at a check that a sign-in was taken back although the token is still good', async () => {
    const long = await startMicrosoft(EMAIL);
    try {
      const changes = long.settings;
      const first = make(changes, undefined, [long.ca]);
      const signing = signInAtMicrosoft(account(), first);
      signing.catch(() => undefined);
      await long.approve(await codeFor(first));
      await signing;
      await long.revoke();
      const again = make(changes, undefined, [long.ca]);
      const second = signInAtMicrosoft(account(), again);
      second.catch(() => undefined);
      await long.approve(await codeFor(again));
      await second;
    } finally {
      await long.stop();
    }
  });

  it('asks to sign in when nobody has', async () => {
    const failure = await failureOf(callTool(plugin, 'folders', {}, make()));
    expect(failure.message).to.match(/nobody has signed in at Microsoft for the account main; .*`pyra plugin setup email`/);
  });

  it('names what setup lacks, and a wrong application', async () => {
    expect((await failureOf(callTool(plugin, 'folders', {}, make({ client_id: '' })))).message).to.match(
      /needs the id of an application \(client_id\)/,
    );
    const wrong = make({ client_id: '99999999-2222-3333-4444-555555555555' });
    expect((await failureOf(signInAtMicrosoft(account(), wrong))).message).to.match(/does not take the application \(client_id\)/);
  });

  it('stops waiting at once when the person cancels', async () => {
    const stop = new AbortController();
    const context = make({}, stop.signal);
    const checked = Promise.resolve(plugin.check?.('main', context));
    checked.catch(() => undefined);
    await codeFor(context);
    const at = Date.now();
    stop.abort();
    expect((await failureOf(checked)).name).to.equal('AbortError');
    expect(Date.now() - at).to.be.below(10_000);
  });

  it('trusts no certificate that it does not know', async () => {
    const context = make();
    writeFileSync(join(context.dataDir, 'ca.pem'), '');
    const before = microsoft.requests.length;
    expect((await failureOf(Promise.resolve(plugin.check?.('main', context)))).message).to.match(
      /certificate of the sign-in address is not one that this machine trusts/,
    );
    expect(microsoft.requests).to.have.length(before);
  });

  function account() {
    const server = { host: '127.0.0.1', port: 1, tls: 'tls' } as const;
    return { name: 'main', address: EMAIL, user: EMAIL, auth: 'microsoft', imap: server, smtp: server, ca: 'ca.pem' } as const;
  }
});

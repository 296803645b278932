import { connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { type PluginSettings, ToolFailure } from 'pyra/plugin';
import { closeConnections } from '../../../plugins/email/imap-connection.js';
import plugin from '../../../plugins/email/plugin.js';
import { type Dovecot, type DovecotOptions, startDovecot } from '../../support/servers/dovecot.js';
import { writeMaildir } from '../../support/servers/maildir.js';
import { EMPTY_FOLDERS, largeMessage, sampleMail } from '../../support/servers/sample-mail.js';
import { freePorts, needs } from '../../support/servers/test-server.js';
import { removeFolder } from '../../support/temporary-folder.js';
import { callTool, dovecotContext, type EmailContextOptions } from './email-context.js';
import { rejection } from './rejection.js';

interface Listed {
  readonly messages: readonly { readonly id: string; readonly subject: string }[];
}

describe('e-mail: connections to Dovecot (needs dovecot-imapd and openssl)', () => {
  const leftovers: (() => Promise<void> | void)[] = [];

  before(function () {
    needs(this, 'dovecot', 'openssl');
  });
  beforeEach(function () {
    this.timeout(20_000);
  });
  afterEach(async () => {
    closeConnections();
    for (const clean of leftovers.splice(0).toReversed()) await clean();
  });

  async function dovecot(options: DovecotOptions = {}): Promise<Dovecot> {
    const server = await startDovecot({ seed: (maildir) => writeMaildir(maildir, sampleMail(), EMPTY_FOLDERS), ...options });
    leftovers.push(() => server.stop());
    return server;
  }

  /** Calls a tool with a context of its own for the server, its answers changed. */
  function caller(server: Dovecot, changes: PluginSettings = {}, options: EmailContextOptions = {}) {
    const context = dovecotContext(server, changes, options);
    leftovers.push(() => removeFolder(context.dataDir));
    return { context, call: (name: string, args: object = {}) => callTool(plugin, name, args, context) };
  }

  it('go over STARTTLS to a server that refuses every sign-in before', async () => {
    const server = await dovecot({ requireTls: true });
    const { call } = caller(server, { imap_port: server.port, imap_tls: 'starttls' });
    expect((await call('folders')).text).to.include('INBOX: 21 messages');
  });

  it('never fall back to the clear: without STARTTLS nothing is sent', async () => {
    const server = await dovecot();
    const told: string[] = [];
    const tap = await tapped(server.port, { hear: (text) => told.push(text), strip: 'STARTTLS' });
    const { call } = caller(server, { imap_port: tap, imap_tls: 'starttls' });
    const failure = await rejection(call('folders'));
    expect(failure).to.be.instanceOf(ToolFailure);
    expect(failure.message).to.match(/encrypt|STARTTLS/i);
    expect(told.join('')).not.to.match(/LOGIN|AUTHENTICATE|pyra@/i);
  });

  it('are in the clear only where the person has written so', async () => {
    const server = await dovecot();
    const told: string[] = [];
    const tap = await tapped(server.port, { hear: (text) => told.push(text) });
    const { call } = caller(server, { imap_port: tap, imap_tls: 'none' });
    expect((await call('folders')).text).to.include('INBOX: 21 messages');
    expect(told.join(''))
      .to.match(/AUTHENTICATE PLAIN|LOGIN/)
      .and.not.match(/STARTTLS/);
  });

  const refused: readonly (readonly [what: string, server: DovecotOptions, changes: PluginSettings, words: RegExp])[] = [
    [
      'a certificate that nobody vouches for',
      {},
      { ca: '' },
      /^the certificate of 127\.0\.0\.1:\d+ is not one that this machine trusts .*; nothing was sent\..*\(ca\)/,
    ],
    [
      'a certificate of another host',
      { certificateFor: 'elsewhere.example.test' },
      {},
      /^the certificate of 127\.0\.0\.1:\d+ is for another host; nothing was sent/,
    ],
    [
      'a host that nobody knows',
      {},
      { imap_host: 'no-such-host.invalid' },
      /^the host no-such-host\.invalid is not known, or there is no network$/,
    ],
    [
      'a user that the server does not know',
      {},
      { user: 'nobody@example.test' },
      /^127\.0\.0\.1 refused the sign-in of nobody@example\.test, saying: Authentication failed.*app password/,
    ],
  ];
  for (const [what, options, changes, words] of refused) {
    it(`say in words what is wrong: ${what}`, async () => {
      const server = await dovecot(options);
      const failure = await rejection(caller(server, changes).call('folders'));
      expect(failure).to.be.instanceOf(ToolFailure);
      expect(failure.message).to.match(words);
    });
  }

  it('say that a port speaks no TLS from the start, and that nobody listens', async () => {
    const server = await dovecot();
    expect((await rejection(caller(server, { imap_port: server.port }).call('folders'))).message).to.include('imap_tls to starttls');
    const [port] = await freePorts(1);
    expect((await rejection(caller(server, { imap_port: port ?? 1 }).call('folders'))).message).to.include('refuses connections');
  });

  it('never show the password, neither in a failure nor in what is told in passing', async () => {
    const server = await dovecot();
    const secret = 'hunter2-not-the-password';
    const { call, context } = caller(server, {}, { secrets: { 'main.password': secret } });
    const failure = await rejection(call('folders'));
    const base64 = Buffer.from(`\0${server.user}\0${secret}`).toString('base64');
    const shown = [failure.message, failure.stack ?? '', JSON.stringify(failure), String(failure.cause), ...context.told].join('\n');
    expect(shown).to.include('refused the sign-in').and.not.include(secret).and.not.include(base64);
  });

  it('say which question is open when there is no password yet', async () => {
    const server = await dovecot();
    const failure = await rejection(caller(server, {}, { secrets: {} }).call('folders'));
    expect(failure.message).to.include('the password of the account main is not known').and.include('pyra plugin setup email');
  });

  it('serve several calls, one after the other, and are opened again when the server was away', async () => {
    const server = await dovecot();
    const { call, context } = caller(server);
    const connecting = () => context.told.filter((line) => line.startsWith('connecting')).length;
    await Promise.all([call('folders'), call('search'), call('folders')]);
    expect(connecting()).to.equal(1);
    await server.restart();
    expect((await call('folders')).text).to.include('INBOX: 21 messages');
    expect(connecting()).to.equal(2);
  });

  it('say that the server is gone when it dies in the middle of a call', async function () {
    this.timeout(30_000);
    const server = await dovecot();
    writeMaildir(server.maildir, [largeMessage(10)]);
    server.adopt();
    const slow = await tapped(server.tlsPort, { bytesPerSecond: 300_000 });
    const { call } = caller(server, { imap_port: slow });
    const { messages } = (await call('search', { subject: 'Large' })).data as unknown as Listed;
    const saving = rejection(call('attachment', { id: messages[0]?.id ?? '', index: 1 }));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await server.kill();
    closeTaps();
    const failure = await saving;
    expect(failure).to.be.instanceOf(ToolFailure);
    expect(failure.message).to.match(/connection .* was lost|did not answer|ended too early/);
  });

  it('end at once when the call is cancelled, and serve the next one', async function () {
    this.timeout(30_000);
    const server = await dovecot();
    writeMaildir(server.maildir, [largeMessage(10)]);
    server.adopt();
    const slow = await tapped(server.tlsPort, { bytesPerSecond: 300_000 });
    const cancel = new AbortController();
    const { call } = caller(server, { imap_port: slow }, { signal: cancel.signal, secrets: { 'main.password': server.password } });
    const { messages } = (await call('search', { subject: 'Large' })).data as unknown as Listed;
    const saving = rejection(call('attachment', { id: messages[0]?.id ?? '', index: 1 }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const start = performance.now();
    cancel.abort();
    expect((await saving).name).to.equal('AbortError');
    // The whole of it would take half a minute.
    expect(performance.now() - start).to.be.below(10_000);
    expect((await caller(server).call('folders')).text).to.include('INBOX: 22 messages');
  });

  it('say that the mailbox is full', async () => {
    const server = await dovecot({ quota: 450 });
    const draft = { to: ['a@example.test'], subject: 's', body: 'x'.repeat(400_000) };
    const failure = await rejection(caller(server).call('draft', draft));
    expect(failure.message).to.match(/full|quota/i);
  });

  const taps: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];
  function closeTaps(): void {
    for (const { server, sockets } of taps.splice(0)) {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  }

  interface Tap {
    /** Is told what the client says. */
    readonly hear?: (text: string) => void;
    /** A word that is taken out of what the server says, as somebody in between would. */
    readonly strip?: string;
    /** How much of what the server says goes through. */
    readonly bytesPerSecond?: number;
  }

  /** A port that passes everything on to another. */
  async function tapped(target: number, { hear, strip, bytesPerSecond }: Tap): Promise<number> {
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
      const upstream = connect(target, '127.0.0.1');
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket
          .on('error', () => undefined)
          .on('close', () => {
            client.destroy();
            upstream.destroy();
          });
      }
      client.on('data', (chunk) => {
        hear?.(chunk.toString('latin1'));
        upstream.write(chunk);
      });
      upstream.on('data', (chunk: Buffer) => {
        client.write(strip === undefined ? chunk : chunk.toString('latin1').replaceAll(strip, 'X'.repeat(strip.length)), 'latin1');
        if (bytesPerSecond === undefined) return;
        upstream.pause();
        setTimeout(() => upstream.resume(), (chunk.length / bytesPerSecond) * 1_000);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    taps.push({ server, sockets });
    leftovers.push(closeTaps);
    return (server.address() as { readonly port: number }).port;
  }
});

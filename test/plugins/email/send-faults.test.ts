import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ToolFailure } from 'pyra/plugin';
import { sendMessage } from '../../../plugins/email/send-message.js';
import { type ScriptedMoment, type ScriptedSmtp, type ScriptedStep, startScriptedSmtp } from '../../support/servers/scripted-smtp.js';
import { removeFolder } from '../../support/temporary-folder.js';
import { type EmailContext, emailContext } from './email-context.js';
import { failureOf } from './sending-context.js';

const PASSWORD = 'a-password-of-ours-1';
const ARGS = { to: ['a@outside.test', 'b@outside.test'], subject: 's', body: 'secret words' };
const SHORT = { connect: 1_000, answer: 1_000 };
const LONG = { connect: 5_000, answer: 5_000 };

describe('email.send, to a server that misbehaves', () => {
  let server: ScriptedSmtp | undefined;
  let context: EmailContext | undefined;
  const started: ScriptedSmtp[] = [];
  const made: EmailContext[] = [];
  afterEach(async () => {
    for (const one of started.splice(0)) await one.stop();
    for (const one of made.splice(0)) removeFolder(one.dataDir);
    server = undefined;
    context = undefined;
  });

  /** Sends one message to a server with this script; there is no mailbox to keep a copy in. */
  async function sendTo(
    script: Partial<Record<ScriptedMoment, ScriptedStep>>,
    { patience = LONG, signal, settings = {}, megabytes = 0, way = 'tls' }: Options = {},
  ): Promise<{ readonly text: string }> {
    server = await startScriptedSmtp(script, way);
    started.push(server);
    const imap = { imap_host: '127.0.0.1', imap_port: 1, imap_tls: 'tls' };
    const smtp = { smtp_host: server.host, smtp_port: server.tlsPort, smtp_tls: 'tls', ca: server.ca };
    context = emailContext({
      accounts: { main: { address: 'pyra@example.test', auth: 'password', ...imap, ...smtp, ...settings } },
      secrets: { 'main.password': PASSWORD },
      ...(signal === undefined ? {} : { signal }),
    });
    made.push(context);
    writeFileSync(join(context.dataDir, 'large.bin'), Buffer.alloc(megabytes * 1024 * 1024, 'x'));
    return sendMessage(megabytes === 0 ? ARGS : { ...ARGS, attachments: ['large.bin'] }, context, patience);
  }
  interface Options {
    readonly patience?: { readonly connect: number; readonly answer: number };
    readonly signal?: AbortSignal;
    readonly settings?: Readonly<Record<string, string>>;
    readonly megabytes?: number;
    readonly way?: 'tls' | 'clear';
  }
  const words = async (sending: Promise<unknown>): Promise<string> => {
    const failure = await failureOf(sending);
    expect(failure).to.be.instanceOf(ToolFailure);
    expect(`${failure.message} ${failure.stack} ${context?.told.join(' ')}`).to.not.include(PASSWORD);
    return failure.message;
  };
  const until = async (reached: () => boolean): Promise<void> => {
    for (let attempt = 0; attempt < 400 && !reached(); attempt++) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(reached()).to.equal(true);
  };
  const gotMessage = (): boolean => server?.lines.some((line) => line.includes('secret words')) === true;

  it('sends when it behaves', async () => {
    expect((await sendTo({})).text).to.match(/^sent to a@outside\.test, b@outside\.test;/);
    expect(server?.messages()).to.equal(1);
    expect(server?.lines.filter((line) => line.startsWith('EHLO'))).to.deep.equal(['EHLO [127.0.0.1]']);
  });

  const before: readonly (readonly [ScriptedMoment, ScriptedStep, RegExp])[] = [
    ['GREETING', 'cut', /connection to .* was lost.*nothing was sent/],
    ['GREETING', { answer: '554 go away' }, /refused.*554 go away.*nothing was sent/],
    ['EHLO', 'cut', /was lost.*nothing was sent/],
    ['EHLO', { answer: '250 scripted' }, /offers no sign-in, so nothing was sent/],
    [
      'AUTH',
      { answer: '535-5.7.8 bad\r\n535 5.7.8 credentials' },
      /refused the sign-in of pyra@example\.test, saying: 535-?\s?5\.7\.8 bad credentials.*nothing was sent/,
    ],
    ['AUTH', { answer: '454 4.7.0 temporary' }, /cannot check the sign-in at the moment: 454.*nothing was sent/],
    ['AUTH', 'cut', /was lost.*nothing was sent/],
    [
      'MAIL',
      { answer: '550 5.7.1 not your address' },
      /refused the sender pyra@example\.test: 550 5\.7\.1 not your address.*nothing was sent/,
    ],
    ['MAIL', { answer: '552 5.3.4 too big' }, /too large for 127\.0\.0\.1: 552 5\.3\.4 too big.*nothing was sent/],
    ['MAIL', 'cut', /was lost.*nothing was sent/],
    [
      'RCPT',
      { answer: '450 4.2.0 greylisted' },
      /took the message for nobody, so nothing was sent: a@outside\.test: not accepted for now.*b@outside\.test: /,
    ],
    ['RCPT', 'cut', /was lost.*nothing was sent/],
    ['DATA', { answer: '451 4.3.0 busy' }, /does not take the message for now: 451 4\.3\.0 busy.*try again.*nothing was sent/],
    ['DATA', { answer: '554 5.7.1 no' }, /refused the message: 554 5\.7\.1 no.*nothing was sent/],
    ['DATA', 'cut', /was lost.*nothing was sent/],
  ];
  for (const [moment, step, expected] of before) {
    it(`says that nothing was sent when ${moment} is met by ${typeof step === 'string' ? step : step.answer.replaceAll('\r\n', ' ')}`, async () => {
      expect(await words(sendTo({ [moment]: step }))).to.match(expected);
      expect(gotMessage()).to.equal(false);
    });
  }

  for (const moment of ['GREETING', 'EHLO', 'AUTH', 'MAIL', 'DATA'] as const) {
    it(`says that nothing was sent when there is silence at ${moment}`, async () => {
      expect(await words(sendTo({ [moment]: 'silence' }, { patience: SHORT }))).to.match(
        /did not answer in time; try again later \(nothing was sent\)/,
      );
      expect(gotMessage()).to.equal(false);
    });
  }

  it('says that nothing was sent when it dies in the middle of the message', async () => {
    expect(await words(sendTo({ HALF: 'cut' }, { megabytes: 16 }))).to.match(/was lost.*nothing was sent/);
    expect(server?.messages()).to.equal(0);
  }).timeout(20_000);

  it('says that nothing was sent when the message itself is refused', async () => {
    expect(await words(sendTo({ MESSAGE: { answer: '554 5.7.1 spam' } }))).to.match(
      /refused the message: 554 5\.7\.1 spam \(nothing was sent\)/,
    );
    expect(await words(sendTo({ MESSAGE: { answer: '552 5.2.2 over quota' } }))).to.match(/too large.*552 5\.2\.2 over quota/);
    expect(await words(sendTo({ MESSAGE: { answer: '451 4.7.1 later' } }))).to.match(
      /for now: 451 4\.7\.1 later; try again in some minutes/,
    );
  });

  for (const step of ['cut', 'silence'] as const) {
    it(`says that nobody knows when the answer to the message is ${step}, and does not repeat it`, async () => {
      const said = await words(sendTo({ MESSAGE: step }, { patience: SHORT }));
      expect(said).to.match(/^it is not known whether the message was sent: 127\.0\.0\.1 had it, but the connection was lost/);
      expect(said).to.match(/may have reached a@outside\.test, b@outside\.test.*do not send it again before the person has said so/);
      expect(server?.messages()).to.equal(1);
    });
  }

  it('says that nobody knows when the call is cancelled while the answer is awaited', async () => {
    const stop = new AbortController();
    const sending = sendTo({ MESSAGE: 'silence' }, { signal: stop.signal });
    sending.catch(() => undefined);
    await until(() => server?.messages() === 1);
    stop.abort();
    expect(await words(sending)).to.match(/not known whether.*the call was cancelled before it answered/);
  });

  it('stops at once when the call is cancelled before, and sends nothing', async () => {
    const stop = new AbortController();
    const sending = sendTo({ MAIL: 'silence' }, { signal: stop.signal });
    sending.catch(() => undefined);
    await until(() => server?.lines.some((line) => line.startsWith('MAIL FROM')) === true);
    const at = Date.now();
    stop.abort();
    expect((await failureOf(sending)).name).to.equal('AbortError');
    expect(Date.now() - at).to.be.below(10_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(gotMessage()).to.equal(false);
    const never = await failureOf(sendTo({}, { signal: AbortSignal.abort() }));
    expect([never.name, server?.lines]).to.deep.equal(['AbortError', []]);
  });

  it('tells how far it is with a large message', async () => {
    await sendTo({}, { megabytes: 3 });
    expect(context?.told.filter((line) => /^sending \d+\.\d of 4\.\d MB$/.test(line))).to.have.length.above(10);
    expect(context?.told).to.include('waiting until the server has taken the message');
  });

  it('shows neither password nor message to a server without encryption', async () => {
    const said = await words(sendTo({}, { way: 'clear', settings: { smtp_tls: 'starttls' } }));
    expect(said).to.match(
      /does not offer to encrypt the connection \(500 what\?\), so it got neither password nor message.*nothing was sent/,
    );
    expect(server?.lines).to.deep.equal(['EHLO [127.0.0.1]', 'STARTTLS']);
    expect(await words(sendTo({}, { way: 'clear' }))).to.match(/does not speak TLS from the start/);
    expect(server?.lines.join('\n')).to.not.match(/AUTH|EHLO/);
  });

  it('speaks in the clear only when the person wrote so', async () => {
    expect((await sendTo({}, { way: 'clear', settings: { smtp_tls: 'none' } })).text).to.match(/^sent to/);
    expect(server?.messages()).to.equal(1);
  });
});

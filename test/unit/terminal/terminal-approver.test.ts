import { expect } from 'chai';
import { createPaint } from '../../../src/adapters/support/terminal/paint.js';
import { TerminalConsole } from '../../../src/adapters/support/terminal/terminal-console.js';
import { TerminalApprover } from '../../../src/adapters/terminal/terminal-approver.js';
import type { ApprovalDecision, ApprovalRequest } from '../../../src/core/domain/approval.js';
import type { CallId, ConversationId, ProviderId, ToolName } from '../../../src/core/domain/identifiers.js';
import { FakeInput, FakeOutput } from '../../support/fake-terminal.js';

const request: ApprovalRequest = {
  call: {
    id: 'call-1' as CallId,
    tool: 'email.send' as ToolName,
    args: { to: 'eve@example.org', body: 'Hello\n\u202eevil\x1b[2J\u200b', count: 3 },
  },
  definition: {
    name: 'email.send' as ToolName,
    description: 'sends a mail',
    parameters: {},
    effect: 'egress',
    destinations: ['to'],
    approval: 'ask',
  },
  provider: 'email' as ProviderId,
  conversation: 'c1' as ConversationId,
  origin: { kind: 'terminal' },
  findings: [{ label: 'hidden-text', category: 'invisible-text', message: 'it holds text that cannot be seen' }],
  summary: 'send a mail to eve@example.org',
  reasons: ['it sends what the model wrote'],
  arguments: [
    { path: 'to', value: 'eve@example.org', seenIn: 'external', source: 'mail from x\x1b[31m', destination: true },
    { path: 'body', value: 'Hello\n\u202eevil\x1b[2J\u200b', seenIn: 'model', destination: false },
  ],
  taintedBy: ['mail from x'],
  grantable: true,
  digest: 'd'.repeat(64),
};

const SILENCE = 40;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** Waits until somebody reads the keys. */
const reading = async (input: FakeInput): Promise<void> => {
  for (let wait = 0; wait < 500 && input.listenerCount('data') === 0; wait += 1) await pause(5);
};

interface Setting {
  readonly input: FakeInput;
  readonly output: FakeOutput;
  readonly console: TerminalConsole;
  readonly interrupts: string[];
  readonly controller: AbortController;
  ask(change?: Partial<ApprovalRequest>, timeoutMs?: number): Promise<ApprovalDecision>;
}

function setting(): Setting {
  const input = new FakeInput();
  const output = new FakeOutput();
  const interrupts: string[] = [];
  const console = new TerminalConsole({ input, output }, () => void interrupts.push('interrupt'));
  const controller = new AbortController();
  const ask = (change: Partial<ApprovalRequest> = {}, timeoutMs = 10_000): Promise<ApprovalDecision> =>
    new TerminalApprover({ console: () => console, paint: createPaint(true), environment: {}, silenceMs: SILENCE, timeoutMs }).decide(
      { ...request, ...change },
      controller.signal,
    );
  return { input, output, console, interrupts, controller, ask };
}

/** The decision for keys that are typed one after the other once the card is armed. */
async function answered(keys: readonly string[], change: Partial<ApprovalRequest> = {}): Promise<Setting & { decision: ApprovalDecision }> {
  const all = setting();
  const decision = all.ask(change);
  while (!all.output.text.includes('details')) await pause(5);
  await pause(SILENCE + 60);
  for (const key of keys) {
    all.input.type(key);
    await pause(5);
  }
  return { ...all, decision: await decision };
}

describe('terminal approver', () => {
  const decisions: readonly (readonly [string, readonly string[], ApprovalDecision])[] = [
    ['allows once for y', ['y'], { outcome: 'allow', scope: 'once', by: 'person' }],
    ['allows for the conversation for s', ['s'], { outcome: 'allow', scope: 'conversation', by: 'person' }],
    ['denies for n', ['n'], { outcome: 'deny', by: 'person' }],
    ['denies for Enter alone', ['\r'], { outcome: 'deny', by: 'person' }],
    ['denies with the reason for r', ['r', 'not to her', '\r'], { outcome: 'deny', by: 'person', note: 'not to her' }],
    ['asks again when a reason is given up', ['r', 'hm', '\x03', 'y'], { outcome: 'allow', scope: 'once', by: 'person' }],
    ['shows details and asks again', ['?', 'n'], { outcome: 'deny', by: 'person' }],
    [
      'takes edited arguments',
      ['e', '\x1b<', '\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b', '{"to":"ana@example.org"}', '\r'],
      { outcome: 'edit', args: { to: 'ana@example.org' }, by: 'person' },
    ],
    ['asks again after edits that are no JSON', ['e', 'x', '\r', 'n'], { outcome: 'deny', by: 'person' }],
    ['does not take several characters at once for a key', ['yes', 'n'], { outcome: 'deny', by: 'person' }],
    ['knows no other key', ['Y', 'x', ' ', 'n'], { outcome: 'deny', by: 'person' }],
  ];
  for (const [name, keys, expected] of decisions) {
    it(name, async () => {
      const slow = keys[0] === 'yes' ? [keys[0], '', '', '', '', '', '', '', '', '', '', '', '', '', '', 'n'] : keys;
      expect((await answered(slow)).decision).to.deep.equal(expected);
    });
  }

  it('does not offer the conversation where it cannot be granted', async () => {
    const { decision, output } = await answered(['s', 'n'], { grantable: false });
    expect(decision).to.deep.equal({ outcome: 'deny', by: 'person' });
    expect(output.text).not.to.contain('this conversation  ');
  });

  it('does not take what arrives before the silence for an answer, and keeps it for the next line', async () => {
    const all = setting();
    const release = all.console.hold();
    all.input.type('hello\r');
    const decision = all.ask();
    await pause(5);
    for (const text of ['y\r', 's', '\x1b[200~y\ny\x1b[201~']) {
      all.input.type(text);
      await pause(SILENCE - 20);
    }
    await pause(SILENCE + 30);
    all.input.type('n');
    expect(await decision).to.deep.equal({ outcome: 'deny', by: 'person' });
    expect(all.console.typeAhead.take()).to.equal('hello⏎y⏎sy⏎y');
    release();
  });

  it('does not take a paste for an answer', async () => {
    const all = setting();
    const decision = all.ask();
    await pause(SILENCE + 30);
    all.input.type('\x1b[200~y\x1b[201~');
    await pause(SILENCE + 30);
    all.input.type('n');
    expect(await decision).to.deep.equal({ outcome: 'deny', by: 'person' });
  });

  it('denies by abort at Ctrl-C, armed or not, and tells the turn', async () => {
    const all = setting();
    const decision = all.ask();
    await reading(all.input);
    all.input.type('\x03');
    expect(await decision).to.deep.equal({ outcome: 'deny', by: 'abort' });
    await pause(5);
    expect(all.interrupts).to.deep.equal(['interrupt']);
  });

  it('denies by abort, timeout or unavailable when nobody answers', async () => {
    const aborted = setting();
    const first = aborted.ask();
    await reading(aborted.input);
    aborted.controller.abort();
    expect(await first).to.deep.equal({ outcome: 'deny', by: 'abort' });
    expect(await setting().ask({}, 20)).to.deep.equal({ outcome: 'deny', by: 'timeout' });
    const closed = setting();
    const third = closed.ask();
    await reading(closed.input);
    closed.input.emit('end');
    expect(await third).to.deep.equal({ outcome: 'deny', by: 'unavailable' });
    expect(await closed.ask()).to.deep.equal({ outcome: 'deny', by: 'unavailable' });
  });

  it('gives the terminal back as it was', async () => {
    const { input, output } = await answered(['n']);
    expect(input.raw).to.equal(false);
    expect(input.listenerCount('data')).to.equal(0);
    expect(output.text.lastIndexOf('\x1b[?2004l')).to.be.greaterThan(output.text.lastIndexOf('\x1b[?2004h'));
  });

  it('says what to beware of, and shows what a server says of its tool as its words', async () => {
    const definition: ApprovalRequest['definition'] = {
      ...request.definition,
      description: 'reads\n  a page\u202e',
      describedBy: 'the MCP server web',
      cautions: ['the MCP server web is not kept in\u202e'],
    };
    const { output } = await answered(['?', 'n'], { definition });
    const text = output.text.replaceAll(/\x1b\[(?:\d+m|\?2004[hl])/g, '').replaceAll('│ ', '');
    expect(text).to.contain('beware: the MCP server web is not kept in\\u{202e}\n');
    expect(text).to.contain('what the MCP server web says of it, which nobody checked:\n  reads\n    a page\\u{202e}\n');
  });

  it('shows everything of the call and escapes what is not its own', async () => {
    const { output } = await answered(['?', 'n']);
    const text = output.text.replaceAll(/\x1b\[(?:\d+m|\?2004[hl])/g, '');
    expect(text).not.to.match(/[\x00-\x09\x0b-\x1f\u202e\u200b]/);
    for (const part of [
      'email.send (email)',
      'send a mail to eve@example.org',
      'from mail from x\\u{1b}[31m, not in your words',
      '\\u{202e}evil\\u{1b}[2J\\u{200b}',
      'count  (written by the model)',
      'asked because it sends what the model wrote',
      'this conversation has read: mail from x',
      'leaves this machine: all of the above, to eve@example.org (to)',
      'finding: it holds text that cannot be seen',
      'd'.repeat(30),
    ])
      expect(text).to.contain(part);
    for (const line of text.split('\n')) expect(line.length).to.be.below(130);
  });

  it('pages a long argument, cuts nothing, and takes no approval before the last page', async () => {
    const all = setting();
    const value = Array.from({ length: 60 }, (_, index) => `line ${index} of the body`).join('\n');
    const decision = all.ask({
      call: { ...request.call, args: { body: value } },
      arguments: [{ path: 'body', value, seenIn: 'model', destination: false }],
    });
    await pause(SILENCE + 30);
    all.input.type('y');
    await pause(5);
    expect(all.output.text).to.contain('line 1 of').and.not.to.contain('line 59 of');
    for (let page = 0; page < 5; page += 1) {
      all.input.type(' ');
      await pause(5);
    }
    expect(all.output.text).to.contain('line 59 of');
    all.input.type('y');
    expect(await decision).to.deep.equal({ outcome: 'allow', scope: 'once', by: 'person' });
    expect(all.output.text).not.to.match(/\x1b\[\d*[A-HJ]/);
  });
});

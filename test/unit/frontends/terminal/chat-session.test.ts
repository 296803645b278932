import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { InMemoryCatalog } from '../../../../src/adapters/in-memory/in-memory-catalog.js';
import { InMemoryConversationStore } from '../../../../src/adapters/in-memory/in-memory-conversation-store.js';
import { InMemoryMemoryStore } from '../../../../src/adapters/in-memory/in-memory-memory-store.js';
import { NodeSystem } from '../../../../src/adapters/support/node-system.js';
import { LineHistory } from '../../../../src/adapters/support/terminal/line-history.js';
import { createPaint } from '../../../../src/adapters/support/terminal/paint.js';
import { TerminalConsole } from '../../../../src/adapters/support/terminal/terminal-console.js';
import type { ApprovalDecision } from '../../../../src/core/domain/approval.js';
import { PyraError } from '../../../../src/core/domain/errors.js';
import type { ConversationId, ToolName } from '../../../../src/core/domain/identifiers.js';
import type { JsonObject } from '../../../../src/core/domain/json.js';
import { OWN_COMMANDS } from '../../../../src/core/domain/manifest-commands.js';
import type { ManifestCommand, PluginName } from '../../../../src/core/domain/plugin-manifest.js';
import type { Secret } from '../../../../src/core/domain/secret.js';
import { DEFAULT_SETTINGS } from '../../../../src/core/domain/settings.js';
import type { TurnEvent, TurnRequest } from '../../../../src/core/domain/turn.js';
import { taintSources } from '../../../../src/core/domain/untrusted.js';
import { MemoryKeeper } from '../../../../src/core/usecases/memory-keeper.js';
import type { PluginCommand } from '../../../../src/core/usecases/plugin-shelf.js';
import { ChatSession } from '../../../../src/frontends/terminal/chat-session.js';
import type { ChatPyra } from '../../../../src/frontends/terminal/chat-state.js';
import { slashCommands } from '../../../../src/frontends/terminal/slash-commands.js';
import type { Approver } from '../../../../src/ports/approver.js';
import { FakeInput, FakeOutput } from '../../../support/fake-terminal.js';

const SILENCE = 15;
const START = 'start2026' as ConversationId;
const until = async (what: () => boolean): Promise<void> => {
  for (let wait = 0; wait < 300 && !what(); wait += 1) await pause(10);
};
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

type Answer = (request: TurnRequest, io: { readonly approver: Approver; readonly signal: AbortSignal }) => AsyncIterable<TurnEvent>;

/** A chat with everything in memory, a person who types and an assistant that answers by `answer` and stores what was said. */
function startChat(
  answer?: Answer,
  change: { home?: string; cwd?: string; plugins?: ChatPyra['plugins']; run?: ChatPyra['gate']['run'] } = {},
) {
  const input = new FakeInput();
  const err = new FakeOutput();
  let out = '';
  const interrupts = { handle: (): void => {} };
  const console = new TerminalConsole({ input, output: err }, () => interrupts.handle());
  const system = new NodeSystem();
  const conversations = new InMemoryConversationStore();
  const requests: TurnRequest[] = [];
  const secrets = new Map<string, Secret>();
  const plain: Answer = async function* () {
    yield { type: 'text-delta', text: 'an **answer**' };
    yield { type: 'turn-end', reason: 'answered', usage: { inputTokens: 1_200, outputTokens: 34 } };
  };
  const controller = new AbortController();
  let now = 0;
  const session = new ChatSession({
    pyra: {
      assistant: {
        respond: async function* (request, io) {
          requests.push(request);
          const { conversation, text, attachments, origin } = request;
          const at = system.now();
          await conversations.append(conversation, [
            { role: 'user', text, origin, provenance: { kind: 'own' }, at, ...(attachments === undefined ? {} : { attachments }) },
          ]);
          yield* (answer ?? plain)(request, io);
          await conversations.append(conversation, [{ role: 'assistant', text: `answer to ${text}`, calls: [], at }]);
        },
        compact: async () => 4,
      },
      toolbox: { definitions: async () => [] },
      plugins: change.plugins ?? { list: async () => [], commands: async () => [] },
      gate: { run: change.run ?? (async () => Promise.reject(new Error('not used'))) },
      conversations,
      memory: new MemoryKeeper({ store: new InMemoryMemoryStore(), system }),
      models: new InMemoryCatalog([]),
      settings: {
        load: async () => ({ ...DEFAULT_SETTINGS, ai: { ...DEFAULT_SETTINGS.ai, provider_id: 'openai', model: 'gpt' } }),
      },
      vault: {
        names: async () => [...secrets.keys()] as never,
        set: async (name, value) => void secrets.set(name, value),
        status: async () => 'unlocked',
      },
      redactor: {
        find: (text) => {
          const start = text.indexOf('sk-');
          return start < 0 ? [] : [{ start, end: start + 10, rule: 'api-key' }];
        },
        redact: (text) => text,
      },
      system,
    },
    console,
    approver: { decide: async () => ({ outcome: 'deny', by: 'person' }) },
    history: new LineHistory({ secret: (line) => line.includes('sk-') }),
    paint: createPaint(false),
    view: {
      out: (text) => {
        out += text;
        err.write(text);
      },
      err: (text) => err.write(text),
      columns: () => 80,
      outPaint: createPaint(false),
      errPaint: createPaint(false),
      spinner: { start: () => {}, stop: () => {} },
      suspicious: (markup) => markup.includes('leak'),
    },
    home: change.home ?? '/nonexistent/home',
    cwd: change.cwd ?? '/',
    environment: {},
    conversation: START,
    count: () => 0.0123,
    signal: controller.signal,
    clock: () => now,
    silenceMs: SILENCE,
  });
  interrupts.handle = () => session.interrupt();
  const ended = session.run();
  const type = async (text: string): Promise<void> => {
    input.type(text);
    await pause(8);
  };
  return {
    session,
    input,
    err,
    conversations,
    requests,
    secrets,
    ended,
    type,
    controller,
    out: () => out,
    advance: (ms: number) => {
      now += ms;
    },
    /** What is in the edit line when it is sent. */
    async submitted(): Promise<string | undefined> {
      await type('\r');
      return requests.at(-1)?.text;
    },
    async leave(): Promise<void> {
      await pause(10);
      await type('\x15\x0b\x04');
      await ended;
    },
  };
}

describe('chat', () => {
  it('answers, shows the turn and its figures, and says how to go on', async () => {
    const chat = startChat();
    await chat.type('hello\r');
    expect(chat.out()).to.equal('an answer\n');
    expect(chat.err.text).to.contain('1,200 in · 34 out · $0.0123 · 0.0 s');
    await chat.leave();
    expect(chat.err.text).to.contain(`go on with: pyra chat --resume ${START}`);
    expect(chat.requests[0]).to.deep.equal({ conversation: START, text: 'hello', origin: { kind: 'terminal' } });
  });

  it('says nothing about going on when nothing was said', async () => {
    const chat = startChat();
    await chat.leave();
    expect(chat.err.text).not.to.contain('go on with');
  });

  it('takes a paste of three lines for one message', async () => {
    const chat = startChat();
    await chat.type('\x1b[200~one\r\ntwo\r\nthree\x1b[201~');
    expect(chat.requests).to.be.empty;
    expect(await chat.submitted()).to.equal('one\ntwo\nthree');
    await chat.leave();
  });

  it('keeps what is typed during a turn for the next line, unsent', async () => {
    let go: () => void = () => {};
    const chat = startChat(async function* () {
      yield { type: 'text-delta', text: 'wait' };
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      yield { type: 'turn-end', reason: 'answered', usage: { inputTokens: 1, outputTokens: 1 } };
    });
    await chat.type('first\r');
    await chat.type('second\rthird');
    go();
    await pause(10);
    expect(chat.requests).to.have.length(1);
    expect(chat.err.text).to.contain('second⏎third');
    expect(await chat.submitted()).to.equal('second\nthird');
    go();
    await chat.leave();
  });

  it('stops a turn at Ctrl-C and goes on', async () => {
    const chat = startChat(async function* (_request, { signal }) {
      yield { type: 'text-delta', text: 'partial' };
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    await chat.type('hi\r');
    await chat.type('\x03');
    expect(chat.out()).to.equal('partial\n');
    expect(chat.err.text).to.contain('interrupted');
    await chat.leave();
  });

  it('hints at the first Ctrl-C on an empty line, leaves at the second within two seconds, and clears a line that has text', async () => {
    const chat = startChat();
    await chat.type('some text\x03');
    await chat.type('\x03');
    expect(chat.err.text).to.contain('Ctrl-C again to leave');
    chat.advance(2_500);
    await chat.type('\x03');
    chat.advance(500);
    await chat.type('\x03');
    await chat.ended;
    expect(chat.requests).to.be.empty;
  });

  it('leaves when the input is closed and when it is told to end', async () => {
    const closed = startChat();
    closed.input.emit('end');
    await closed.ended;
    const told = startChat();
    told.controller.abort();
    await told.ended;
  });

  it('shows an error of a turn and stays', async () => {
    const chat = startChat(async function* () {
      yield { type: 'text-delta', text: 'some' };
      throw new PyraError('model/network', 'the model cannot be reached', { hint: 'is it running?' });
    });
    await chat.type('hi\r');
    expect(chat.err.text).to.contain('the model cannot be reached').and.to.contain('is it running?');
    await chat.leave();
  });

  it('shows tools, notices, reasoning and findings as single lines, and prints links that carry data as text', async () => {
    const chat = startChat(async function* () {
      yield { type: 'reasoning-delta', text: 'let me\x1b[2J think' };
      yield { type: 'tool-call', call: { id: 'c' as never, tool: 'memory.search' as never, args: { query: 'x\n\u202ey' } } };
      yield {
        type: 'tool-result',
        result: { call: 'c' as never, tool: 'memory.search' as never, text: 'found', outcome: 'ok' },
        provenance: { kind: 'own' },
        findings: [],
      };
      yield { type: 'notice', code: 'retry', text: 'trying again' };
      yield { type: 'text-delta', text: 'see ![x](http://e.org/leak?q=1)' };
      yield {
        type: 'answer-findings',
        findings: [{ label: 'data-image', category: 'exfiltration', message: 'an image that carries data' }],
      };
      yield { type: 'turn-end', reason: 'answered', usage: { inputTokens: 1, outputTokens: 1, estimated: true } };
    });
    await chat.type('hi\r');
    expect(chat.out()).to.equal('see ![x](http://e.org/leak?q=1)\n');
    for (const line of [
      'let me think\n',
      '→ memory.search query: x \\u{202e}y\n',
      '  ✓ 5 characters\n',
      '· trying again\n',
      'an image that carries data (data-image)',
      '~1 in · ~1 out',
    ])
      expect(chat.err.text).to.contain(line);
    expect(chat.err.text.indexOf('be careful')).to.be.greaterThan(chat.err.text.indexOf('see !['));
    await chat.leave();
  });

  it('shows the card after what was said before it', async () => {
    const decisions: ApprovalDecision[] = [];
    const chat = startChat(async function* (_request, { approver, signal }) {
      const deciding = approver.decide({} as never, signal);
      yield { type: 'text-delta', text: 'before the card' };
      decisions.push(await deciding);
      yield { type: 'turn-end', reason: 'answered', usage: { inputTokens: 1, outputTokens: 1 } };
    });
    await chat.type('hi\r');
    expect(decisions).to.deep.equal([{ outcome: 'deny', by: 'person' }]);
    await chat.leave();
  });

  describe('slash commands', () => {
    it('report a mistyped one with the nearest, and run nothing', async () => {
      const chat = startChat();
      await chat.type('/stauts\r');
      expect(chat.err.text).to.contain('there is no command /stauts').and.to.contain('did you mean: /status');
      await chat.type('/vault set x hunter2\r');
      await chat.type(' /not a command\r');
      await chat.type('/etc/hosts is a file\r');
      expect(chat.requests.map(({ text }) => text)).to.deep.equal(['/not a command', '/etc/hosts is a file']);
      await chat.leave();
    });

    it('work through', async () => {
      const chat = startChat();
      await chat.type('hello\r');
      for (const [line, expected] of [
        ['/help', '/compact'],
        ['/status', 'openai/gpt'],
        ['/usage', '1,200 tokens in'],
        ['/tools', 'there are no tools'],
        ['/plugins', 'there are no plugins yet'],
        ['/rules', 'there are no standing rules'],
        ['/remember the sky is blue', 'remembered in knowledge/remembered.md'],
        ['/memory', 'knowledge/remembered.md'],
        ['/memory sky', 'the sky is blue'],
        ['/memory knowledge/remembered.md', '- the sky is blue'],
        ['/remember sk-12345678', 'this holds a secret'],
        ['/find HELLO', START],
        ['/find nothing of the kind', 'nothing found'],
        ['/resume', START],
        ['/compact', '4 messages are summarised'],
        ['/attach /nowhere', 'there is no file /nowhere'],
        ['/model openai/x', 'no provider'],
      ] as const) {
        const before = chat.err.text.length;
        await chat.type(`${line}\r`);
        await until(() => chat.err.text.slice(before).includes(line.startsWith('/model') ? 'pyra: ' : expected));
        if (line.startsWith('/model')) expect(chat.err.text.slice(before)).to.match(/pyra: /);
        else expect(chat.err.text.slice(before), line).to.contain(expected);
      }
      await chat.type('/forget knowledge/remembered.md\r');
      await pause(SILENCE + 15);
      await chat.type('y');
      expect(chat.err.text).to.contain('is forgotten');
      await chat.type('/exit\r');
      await chat.ended;
    });

    it('take the last exchange back into the edit line, keeping the old conversation and the taint', async () => {
      const chat = startChat();
      await chat.type('one\r');
      await chat.type('two\r');
      await chat.conversations.append(START, [
        {
          role: 'tool',
          result: { call: 'c' as never, tool: 'web.fetch' as never, text: 'foreign', outcome: 'ok' },
          provenance: { kind: 'external', source: 'a page' },
          boundary: 'b',
          at: new NodeSystem().now(),
        },
      ]);
      await chat.type('/undo\r');
      expect(chat.session.conversation).not.to.equal(START);
      const fork = (await chat.conversations.load(chat.session.conversation))?.messages ?? [];
      expect(fork.filter(({ role }) => role === 'user')).to.have.length(1);
      expect(taintSources(fork)).not.to.be.empty;
      expect((await chat.conversations.load(START))?.messages).to.have.length(5);
      expect(await chat.submitted()).to.equal('two');
      await chat.type('/retry\r');
      expect(chat.requests.map(({ text }) => text)).to.deep.equal(['one', 'two', 'two', 'two']);
      await chat.leave();
    });

    it('start anew and go back', async () => {
      const chat = startChat();
      await chat.type('one\r');
      await chat.type('/new\r');
      await chat.type('two\r');
      expect(chat.requests[1]?.conversation).not.to.equal(START);
      await chat.type('/resume start\r');
      expect(chat.session.conversation).to.equal(START);
      await chat.leave();
    });

    it('complete by Tab', async () => {
      const chat = startChat();
      await chat.type('/stat\t');
      await chat.type('\r');
      expect(chat.err.text).to.contain('openai/gpt');
      await chat.type('/remember x\r');
      await chat.type('/memory know\t');
      await chat.type('\r');
      expect(chat.err.text).to.contain('- x');
      await chat.leave();
    });
  });

  describe('the commands of plugins', () => {
    const declared = (command: ManifestCommand): PluginCommand => ({
      plugin: 'mail' as PluginName,
      command,
      ...('tool' in command ? { tool: `mail.${command.tool}` as ToolName } : {}),
    });
    const withCommands = (commands: readonly ManifestCommand[], run?: ChatPyra['gate']['run']) =>
      startChat(undefined, {
        plugins: { list: async () => [], commands: async () => commands.map(declared) },
        ...(run === undefined ? {} : { run }),
      });
    const INBOX: ManifestCommand = { name: 'inbox', summary: 'new mail', tool: 'search', arguments: { query: '{text}', limit: 5 } };

    it('call a tool through the gate as the own call of the person, and mark what comes from elsewhere', async () => {
      const calls: JsonObject[] = [];
      const chat = withCommands([INBOX], async (call, turn) => {
        calls.push({
          tool: call.tool,
          args: call.args,
          seen: turn.messages.map((message) => `${message.role}: ${'text' in message ? message.text : ''}`),
        });
        expect(turn.origin).to.deep.equal({ kind: 'terminal' });
        const result = { call: call.id, tool: call.tool, text: 'Offer\u001b[2J\nby Eve', outcome: 'ok' as const };
        const provenance = { kind: 'external' as const, source: 'mail.search: eve@example.org' };
        return { role: 'tool', result, provenance, boundary: 'b', at: new NodeSystem().now() };
      });
      await chat.type('/inbox the $& offer\r');
      await until(() => chat.err.text.includes('by Eve'));
      await chat.type('/inbox\r');
      await until(() => calls.length === 2 && chat.err.text.split('by Eve').length === 3);
      expect(calls).to.deep.equal([
        { tool: 'mail.search', args: { query: 'the $& offer', limit: 5 }, seen: ['user: the $& offer'] },
        { tool: 'mail.search', args: { limit: 5 }, seen: ['user: '] },
      ]);
      expect(chat.err.text).to.include('┃ from mail.search: eve@example.org\n┃ Offer\\u{1b}[2J\n┃ by Eve\n');
      expect(chat.requests).to.be.empty;
      await chat.leave();
    });

    it('say why a call failed', async () => {
      const chat = withCommands([INBOX], async (call) => ({
        role: 'tool',
        result: { call: call.id, tool: call.tool, text: 'no connection', outcome: 'failed' },
        provenance: { kind: 'own' },
        boundary: 'b',
        at: new NodeSystem().now(),
      }));
      await chat.type('/inbox x\r');
      await until(() => chat.err.text.includes('no connection'));
      expect(chat.err.text).to.include('mail.search: no connection');
      await chat.leave();
    });

    it('stop at Ctrl-C, and the chat goes on', async () => {
      let started = false;
      const chat = withCommands([INBOX], (_call, turn) => {
        started = true;
        return new Promise((_resolve, reject) => turn.signal.addEventListener('abort', () => reject(turn.signal.reason as Error)));
      });
      await chat.type('/inbox x\r');
      await until(() => started);
      await chat.type('\x03');
      await until(() => chat.err.text.includes('interrupted'));
      expect(chat.err.text).to.include('interrupted');
      await chat.type('hello\r');
      await until(() => chat.requests.length === 1);
      expect(chat.requests).to.have.length(1);
      await chat.leave();
    });

    it("send a prompt as the person's own message, shown before", async () => {
      const chat = withCommands([{ name: 'plan', summary: 'plan', prompt: 'Plan my day. {text}' }]);
      await chat.type('/plan with tea\r');
      await until(() => chat.err.text.includes('out · '));
      await chat.type('/plan\r');
      await until(() => chat.requests.length === 2);
      expect(chat.requests.map(({ text }) => text)).to.deep.equal(['Plan my day. with tea', 'Plan my day.']);
      expect(chat.err.text).to.include('› Plan my day. with tea\n');
      await chat.leave();
    });

    it('cannot even be declared with the name of one of Pyra', () => {
      expect(slashCommands.map(({ name }) => name).filter((name) => !OWN_COMMANDS.includes(name))).to.deep.equal([]);
    });

    it('never shadow one of Pyra, nor one another', async () => {
      const evil = { summary: 'x', prompt: 'obey' };
      const chat = withCommands([
        { name: 'help', ...evil },
        { name: 'inbox', summary: 'mine', prompt: 'first' },
        { name: 'inbox', summary: 'not mine', prompt: 'second' },
      ]);
      await chat.type('/help\r');
      await until(() => chat.err.text.includes('Ctrl-R'));
      await chat.type('/inbox\r');
      await until(() => chat.requests.length === 1);
      expect(chat.requests.map(({ text }) => text)).to.deep.equal(['first']);
      expect(chat.err.text.match(/^\/help/gm)).to.have.length(1);
      expect(chat.err.text).to.match(/^\/inbox +mine \(mail\)$/m);
      expect(chat.err.text).not.to.include('not mine');
      await chat.leave();
    });

    it('complete by Tab, and a mistyped one is named', async () => {
      const chat = withCommands([{ name: 'inbox', summary: 'new mail', prompt: 'go' }]);
      await chat.type('/inb\t');
      await until(() => chat.err.text.includes('/inbox '));
      await chat.type('\r');
      await until(() => chat.requests.length === 1);
      expect(chat.requests.map(({ text }) => text)).to.deep.equal(['go']);
      await until(() => chat.err.text.includes('out · '));
      await chat.type('/inbux\r');
      await until(() => chat.err.text.includes('did you mean'));
      expect(chat.err.text).to.include('did you mean: /inbox');
      await chat.leave();
    });
  });

  describe('what is typed with a secret in it', () => {
    const typed = async (key: string) => {
      const chat = startChat();
      await chat.type('my key is sk-1234567 ok\r');
      expect(chat.requests).to.be.empty;
      await pause(SILENCE + 15);
      await chat.type(key);
      return chat;
    };

    it('is sent when the person says so', async () => {
      const chat = await typed('s');
      expect(chat.requests[0]?.text).to.equal('my key is sk-1234567 ok');
      await chat.leave();
    });

    it('goes into the vault instead', async () => {
      const chat = await typed('v');
      await chat.type('mail-key\r');
      expect(chat.secrets.get('mail-key')?.reveal()).to.equal('sk-1234567');
      expect(await chat.submitted()).to.equal('my key is [secret mail-key in the vault] ok');
      await chat.leave();
    });

    it('is not sent at Enter', async () => {
      const chat = await typed('\r');
      expect(chat.requests).to.be.empty;
      await chat.leave();
    });
  });

  describe('files', () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'pyra-chat-'));
      mkdirSync(join(folder, 'home', 'vault'), { recursive: true });
      writeFileSync(join(folder, 'home', 'vault', 'secret.age'), 'secret');
      writeFileSync(join(folder, 'notes.txt'), 'the notes');
      writeFileSync(join(folder, 'a b.txt'), 'spaced');
      writeFileSync(join(folder, 'pic.png'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1]));
      writeFileSync(join(folder, 'binary'), Buffer.from([0, 255, 254]));
      symlinkSync(join(folder, 'home', 'vault', 'secret.age'), join(folder, 'link.txt'));
    });
    after(() => rmSync(folder, { recursive: true }));

    it('go with a message that names them, as external text', async () => {
      const chat = startChat(undefined, { cwd: folder, home: join(folder, 'home') });
      await chat.type('read @notes.txt, @"a b.txt" and @pic.png; ask @ana\r');
      await until(() => chat.requests.length > 0);
      expect(
        chat.requests[0]?.attachments?.map((attachment) => (attachment.kind === 'text' ? attachment.text : attachment.mediaType)),
      ).to.deep.equal(['the notes', 'spaced', 'image/png']);
      await chat.leave();
    });

    it('of the home are refused, links followed, and the message is kept', async () => {
      const chat = startChat(undefined, { cwd: folder, home: join(folder, 'home', 'profiles', 'work') });
      for (const [name, refusal] of [
        ['home/vault/secret.age', 'is inside the home'],
        ['link.txt', 'is inside the home'],
        ['binary', 'is neither'],
      ] as const) {
        const before = chat.err.text.length;
        await chat.type(`read @${name}\r`);
        await until(() => chat.err.text.slice(before).includes(refusal));
        await chat.type('\x15');
      }
      expect(chat.requests).to.be.empty;
      expect(chat.err.text.match(/is inside the home of Pyra/g)).to.have.length(2);
      expect(chat.err.text).to.contain('binary is neither UTF-8 text');
      await chat.leave();
    });
  });
});

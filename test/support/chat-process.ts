import { InMemoryCatalog } from '../../src/adapters/in-memory/in-memory-catalog.js';
import { InMemoryConversationStore } from '../../src/adapters/in-memory/in-memory-conversation-store.js';
import { InMemoryMemoryStore } from '../../src/adapters/in-memory/in-memory-memory-store.js';
import { NodeSystem } from '../../src/adapters/support/node-system.js';
import type { ConversationId } from '../../src/core/domain/identifiers.js';
import { DEFAULT_SETTINGS } from '../../src/core/domain/settings.js';
import type { TurnEvent, TurnRequest } from '../../src/core/domain/turn.js';
import { MemoryKeeper } from '../../src/core/usecases/memory-keeper.js';
import type { Pyra } from '../../src/core/usecases/pyra.js';
import type { ChatPyra } from '../../src/frontends/terminal/chat-state.js';
import type { CommandContext } from '../../src/frontends/terminal/command.js';
import { runProcess } from '../../src/frontends/terminal/run-process.js';
import type { Approver } from '../../src/ports/approver.js';
import { approvalRequest } from './approval-request.js';

// `pyra chat` with everything in memory and an assistant that does what the message says; run by the tests on a pseudo-terminal.

const system = new NodeSystem();
const conversations = new InMemoryConversationStore();
let context: CommandContext | undefined;
const usage = { inputTokens: 10, outputTokens: 5 };

async function* respond(request: TurnRequest, io: { readonly approver: Approver; readonly signal: AbortSignal }): AsyncIterable<TurnEvent> {
  const { conversation, text, origin } = request;
  await conversations.append(conversation as ConversationId, [
    { role: 'user', text, origin, provenance: { kind: 'own' }, at: system.now() },
  ]);
  if (text.startsWith('card')) {
    await system.wait(Number(text.split(' ')[1] ?? 10), io.signal);
    const request = approvalRequest({
      arguments: [{ path: 'to', value: 'eve\u202e\x1b]0;x\x07@example.org', seenIn: 'external', source: 'mail', destination: true }],
    });
    yield { type: 'tool-request', request };
    const decision = await io.approver.decide(request, io.signal);
    yield { type: 'text-delta', text: `decided ${JSON.stringify(decision)}.` };
  } else if (text === 'stream') {
    for (let count = 0; ; count += 1) {
      yield { type: 'text-delta', text: `piece ${count} ` };
      await system.wait(20, io.signal);
    }
  } else if (text === 'evil') {
    yield { type: 'text-delta', text: 'a\x1b[2J\x1b]0;title\x07b\u202ec\x9b31md\u{e0041}e' };
  } else if (text === 'secret') {
    const secret = await (await context?.openPrompter())?.secret({ message: 'passphrase', flag: '--passphrase-file FILE' });
    yield { type: 'text-delta', text: `a secret of ${secret?.reveal().length}` };
  } else yield { type: 'text-delta', text: `${text.length} characters: ${JSON.stringify(text).slice(0, 300)}` };
  yield { type: 'turn-end', reason: 'answered', usage };
}

const pyra: ChatPyra & Pick<Pyra, 'close' | 'warm'> = {
  assistant: { respond, compact: async () => 0 },
  toolbox: { definitions: async () => [] },
  plugins: { list: async () => [], commands: async () => [] },
  gate: {
    run: async () => {
      throw new Error('not used');
    },
  },
  conversations,
  memory: new MemoryKeeper({ store: new InMemoryMemoryStore(), system }),
  models: new InMemoryCatalog([]),
  settings: { load: async () => DEFAULT_SETTINGS },
  vault: { names: async () => [], set: async () => {}, status: async () => 'unlocked' },
  redactor: { find: () => [], redact: (text) => text },
  system,
  warm: async () => ({ started: Promise.resolve() }),
  close: async () => {},
};

await runProcess({
  nouns: [{ noun: 'chat', group: 'START', summary: 'talk', verbs: [], load: () => import('../../src/frontends/terminal/chat.js') }],
  version: '0.0.0',
  openPyra: async (options) => {
    ({ context } = options);
    return pyra as unknown as Pyra;
  },
  openFoundation: async () => {
    throw new Error('not used');
  },
  terminal: () => import('../../src/adapters/terminal/module.js'),
  parser: () => import('../../src/frontends/terminal/parse-arguments.js'),
  prompter: () => import('../../src/frontends/terminal/prompter.js'),
  help: () => import('../../src/frontends/terminal/help.js'),
  nearest: () => import('../../src/frontends/terminal/nearest.js'),
});

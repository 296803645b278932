import { InMemoryConversationStore } from '../../src/adapters/in-memory/in-memory-conversation-store.js';
import { InMemoryMemoryStore } from '../../src/adapters/in-memory/in-memory-memory-store.js';
import { InMemorySystem } from '../../src/adapters/in-memory/in-memory-system.js';
import { InMemoryToolProvider } from '../../src/adapters/in-memory/in-memory-tool-provider.js';
import type { CallId, ConversationId, ToolName } from '../../src/core/domain/identifiers.js';
import { MemoryKeeper } from '../../src/core/usecases/memory-keeper.js';
import { MemoryTools } from '../../src/core/usecases/memory-tools.js';
import { ResultTools } from '../../src/core/usecases/result-tools.js';
import { momentOf } from '../support/messages.js';
import { toolProviderContract } from './tool-provider.contract.js';

toolProviderContract({
  name: InMemoryToolProvider.name,
  traits: { works: { tool: 'clock.read', args: {}, text: 'noon' }, fails: { tool: 'clock.wind', args: {} } },
  create: async () => ({
    port: new InMemoryToolProvider('clock', [
      { definition: { name: 'clock.read' }, run: () => 'it is noon' },
      { definition: { name: 'clock.wind', effect: 'write' }, run: () => ({ text: 'it is wound already', outcome: 'failed' }) },
    ]),
  }),
});

toolProviderContract({
  name: MemoryTools.name,
  traits: {
    works: { tool: 'memory.remember', args: { name: 'knowledge/tea.md', content: 'green' }, text: 'knowledge/tea.md' },
    fails: { tool: 'memory.read', args: { name: 'none.md' } },
  },
  create: async () => ({ port: new MemoryTools(new MemoryKeeper({ store: new InMemoryMemoryStore(), system: new InMemorySystem() })) }),
});

toolProviderContract({
  name: ResultTools.name,
  traits: {
    works: { tool: 'result.read', args: { call: 'c1', from: 4_001 }, text: 'xxx' },
    fails: { tool: 'result.read', args: { call: 'c2', from: 1 } },
  },
  create: async () => {
    const store = new InMemoryConversationStore();
    await store.append('conversation-1' as ConversationId, [
      {
        role: 'tool',
        result: { call: 'c1' as CallId, tool: 'web.fetch' as ToolName, text: 'x'.repeat(9_000), outcome: 'ok' },
        provenance: { kind: 'external', source: 'web.fetch' },
        boundary: 'B',
        at: momentOf(0),
      },
    ]);
    return { port: new ResultTools(store) };
  },
});

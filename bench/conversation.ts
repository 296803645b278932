import { FsConversationStore } from '../src/adapters/filesystem/fs-conversation-store.js';
import type { ConversationId, Instant } from '../src/core/domain/identifiers.js';
import type { Message } from '../src/core/domain/message.js';
import { startModelServer } from '../test/support/model-server.js';
import { BenchHome } from './bench-home.js';
import type { Benchmark } from './figure.js';
import { ratio, timeProcesses } from './process-times.js';
import { PYRA } from './start-up.js';
import { median } from './statistics.js';

const BYTES = 20e6;
const WORDS = 'A sentence of a conversation that has gone on for a long time. ';
const MESSAGE = WORDS.repeat(32);
const RUNS = 9;

/** What a long conversation costs when it is taken up again. */
export const conversation: Benchmark = {
  name: 'conversation',
  async run({ runs }) {
    const home = new BenchHome();
    const server = await startModelServer(() => ({ text: ['hello'] }));
    try {
      home.useModel(server.url);
      const [long, short] = ['benchlong0001', 'benchshort001'] as ConversationId[] as [ConversationId, ConversationId];
      const store = new FsConversationStore(`${home.env.PYRA_HOME}/conversations`);
      await store.append(short, exchange());
      const batch = Array.from({ length: 250 }, exchange).flat();
      for (let bytes = 0; bytes < BYTES; bytes += batch.length * MESSAGE.length) await store.append(long, batch);
      const resume = (id: string) => ({ command: [PYRA, 'ask', 'hi', '--resume', id] as [string, ...string[]], env: home.env });
      const times = await timeProcesses({ short: resume(short), long: resume(long) }, Math.min(RUNS, runs));
      return [
        {
          name: 'ask in a resumed conversation of 20 MB, wall, to one of two messages',
          value: ratio(times.long, times.short),
          unit: '×',
          target: { most: 2 },
          detail: { longMs: Math.round(median(times.long)), shortMs: Math.round(median(times.short)), runs: times.long.length },
        },
      ];
    } finally {
      await server.close();
      home.remove();
    }
  },
};

function exchange(): readonly Message[] {
  const at = '2026-01-01T00:00:00.000Z' as Instant;
  return [
    { role: 'user', text: MESSAGE, origin: { kind: 'terminal' }, provenance: { kind: 'own' }, at },
    { role: 'assistant', text: MESSAGE, calls: [], at },
  ];
}

import { type SandboxedPlugin, sandboxedPlugin } from '../test/support/sandboxed-plugin.js';
import type { Benchmark, Figure } from './figure.js';
import { median, quantile } from './statistics.js';

/** A plugin that Pyra brings, and something that it can answer without the network but not without its own code. */
interface Subject {
  readonly name: string;
  readonly answers: Readonly<Record<string, string | number>>;
  ask(plugin: SandboxedPlugin): Promise<string | undefined>;
  readonly answer: RegExp;
}

const SERVERS = { imap_host: 'localhost', imap_port: 993, imap_tls: 'tls', smtp_host: 'localhost', smtp_port: 465, smtp_tls: 'tls' };
const SUBJECTS: readonly Subject[] = [
  {
    name: 'email',
    answers: { address: 'ana@example.test', user: 'ana', auth: 'password', ...SERVERS },
    ask: (plugin) => plugin.preview('send', { to: ['bob@example.test'], subject: 'Lunch', body: 'At noon?' }),
    answer: /At noon/,
  },
  {
    name: 'nextcloud',
    answers: { url: 'https://localhost:9', user: 'ana' },
    ask: async (plugin) => (await plugin.call('events', { from: '2026-12-02', to: '2026-12-01' })).text,
    answer: /refuses connections/,
  },
];

/** How long the plugins that Pyra brings take from nothing running to their first answer. */
export const bundledStart: Benchmark = {
  name: 'bundled-start',
  async run({ runs }) {
    const figures: Figure[] = [];
    for (const subject of SUBJECTS) {
      const times: number[] = [];
      let tier = '';
      for (let turn = -1; turn < runs; turn += 1) {
        const plugin = await sandboxedPlugin(subject.name, { answers: subject.answers, secrets: { 'main.password': 'bench-password' } });
        try {
          tier = plugin.tier.tier;
          const start = performance.now();
          const text = await subject.ask(plugin);
          if (turn >= 0) times.push(performance.now() - start);
          if (text === undefined || !subject.answer.test(text)) throw new Error(`the plugin ${subject.name} did not answer: ${text}`);
        } finally {
          await plugin.stop();
        }
      }
      const name = `the plugin ${subject.name}, start to first answer without the network`;
      figures.push({
        name,
        value: median(times),
        unit: 'ms',
        target: { most: 250 },
        detail: { tier, p95: Math.round(quantile(times, 0.95)), runs },
      });
    }
    return figures;
  },
};

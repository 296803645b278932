import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FsMemoryStore } from '../src/adapters/filesystem/fs-memory-store.js';
import { scanInbound } from '../src/core/domain/injection-scan.js';
import { startModelServer } from '../test/support/model-server.js';
import type { Benchmark, Figure } from './figure.js';
import { ratio, type TimedCommand, timeProcesses } from './process-times.js';
import { PYRA } from './start-up.js';
import { median, quantile } from './statistics.js';

const NOTES = 10_000;
const FOLDERS = 20;
const SEARCHES = 300;

/** What thousands of notes cost: at the start of a whole process, and in a search. */
export const memory: Benchmark = {
  name: 'memory',
  async run({ runs }) {
    const folder = mkdtempSync(join(tmpdir(), 'pyra-bench-'));
    try {
      const words = vocabulary();
      writeNotes(join(folder, 'full', 'memory'), words);
      mkdirSync(join(folder, 'empty'), { mode: 0o700 });
      return [...(await searching(join(folder, 'full'), words)), await starting(folder, runs)];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function searching(home: string, words: readonly string[]): Promise<readonly Figure[]> {
  const store = new FsMemoryStore({
    memory: join(home, 'memory'),
    state: join(home, 'state'),
    suspicious: (text) => scanInbound(text).length > 0,
  });
  const building = await timed(() => store.headings());
  await store.search('first', 10);
  const random = generator(7);
  const took: number[] = [];
  for (let turn = 0; turn < SEARCHES; turn += 1) {
    const query = Array.from({ length: 1 + (turn % 3) }, () => pick(words, random)).join(' ');
    took.push(await timed(() => store.search(query, 10)));
  }
  const looks: number[] = [];
  for (let turn = 0; turn < 9; turn += 1) {
    // A note that was touched makes the store look at every file again.
    writeFileSync(join(home, 'memory', 'folder-0', 'note-0.md'), `# Touched\n\n${turn}\n`, { mode: 0o600 });
    looks.push(await timed(() => store.search('touched', 10)));
  }
  const writing = await timed(() => store.write(newNote()));
  await store.close();
  const detail = { notes: NOTES, searches: SEARCHES, medianMs: round(median(took)), mostMs: round(Math.max(...took)) };
  return [
    {
      name: 'memory search over 10,000 notes, p95, files re-checked',
      value: quantile(took, 0.95),
      unit: 'ms',
      target: { most: 20 },
      detail,
    },
    { name: 'memory search right after an edit by hand, all files looked at', value: median(looks), unit: 'ms' },
    { name: 'memory index of 10,000 notes made anew', value: building, unit: 'ms' },
    { name: 'memory note written, MEMORY_INDEX.md of 10,000 renewed', value: writing, unit: 'ms' },
  ];
}

/** Whole processes, `pyra ask hi` against a server on this machine, with 10,000 notes and with none. */
async function starting(folder: string, runs: number): Promise<Figure> {
  const server = await startModelServer({ text: ['hello'] }, { models: ['bench'] });
  try {
    const environment = (name: string): Readonly<Record<string, string>> => ({
      PATH: process.env.PATH ?? '',
      HOME: folder,
      PYRA_HOME: join(folder, name),
      XDG_CACHE_HOME: join(folder, 'cache'),
    });
    const use = (name: string): TimedCommand => ({
      command: [PYRA, 'model', 'use', 'openai-compatible/bench', '--base-url', server.url],
      env: environment(name),
    });
    await timeProcesses({ empty: use('empty'), full: use('full') }, 0);
    const ask = (name: string): TimedCommand => ({ command: [PYRA, 'ask', 'hi', '--no-save'], env: environment(name) });
    const times = await timeProcesses({ empty: ask('empty'), full: ask('full') }, runs);
    const detail = { fullMs: round(median(times.full)), emptyMs: round(median(times.empty)), notes: NOTES, runs };
    return {
      name: 'pyra ask hi with 10,000 notes, wall, to none',
      value: ratio(times.full, times.empty),
      unit: '×',
      target: { most: 1.5 },
      detail,
    };
  } finally {
    await server.close();
  }
}

function writeNotes(memoryFolder: string, words: readonly string[]): void {
  const random = generator(1);
  for (let folder = 0; folder < FOLDERS; folder += 1) mkdirSync(join(memoryFolder, `folder-${folder}`), { recursive: true, mode: 0o700 });
  for (let note = 0; note < NOTES; note += 1) {
    const lines = Array.from({ length: 10 }, () => Array.from({ length: 12 }, () => pick(words, random)).join(' '));
    const front = note % 2 === 0 ? '---\ntags: [one, two]\nprovenance: own\n---\n\n' : '';
    const text = `${front}# ${pick(words, random)} ${pick(words, random)}\n\n${lines.join('.\n')}.\n`;
    writeFileSync(join(memoryFolder, `folder-${note % FOLDERS}`, `note-${note}.md`), text, { mode: 0o600 });
  }
}

/** Made-up words; low numbers are picked far more often than high ones, as in any language. */
function vocabulary(): readonly string[] {
  const random = generator(2);
  const syllables = ['ka', 'lo', 'mi', 'ren', 'tu', 'sa', 'vel', 'dor', 'ne', 'pi', 'gar', 'hul', 'bo', 'zin', 'fra', 'te'];
  return Array.from({ length: 20_000 }, () =>
    Array.from({ length: 2 + Math.floor(random() * 4) }, () => pickEvenly(syllables, random)).join(''),
  );
}

function pick(words: readonly string[], random: () => number): string {
  return words[Math.floor(random() ** 3 * words.length)] ?? '';
}

function pickEvenly(words: readonly string[], random: () => number): string {
  return words[Math.floor(random() * words.length)] ?? '';
}

/** The same numbers in every run (the mulberry32 generator). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function newNote(): Parameters<FsMemoryStore['write']>[0] {
  const now = new Date().toISOString() as Parameters<FsMemoryStore['write']>[0]['updated'];
  return { id: 'folder-0/new.md' as never, text: 'new\n', tags: [], provenance: { kind: 'own' }, created: now, updated: now };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

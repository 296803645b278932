import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type LoopbackServer, startLoopbackServer } from '../src/adapters/support/loopback-server.js';
import { answerChunks, eventLine, openEventStream } from '../src/adapters/support/scripted-answer.js';
import { isJsonObject } from '../src/core/domain/json.js';
import { openPty } from '../test/support/pty.js';
import type { Benchmark } from './figure.js';
import { PYRA } from './start-up.js';
import { median, quantile } from './statistics.js';

const TOKEN = 'Token';
const SENTENCE = 'A sentence of an answer that is long. ';
/** Milliseconds between the head of the answer and its first token, so that the start of the process is not measured. */
const SETTLE_MS = 60;

/** How fast an answer passes through `pyra ask`, and whether its cost grows in proportion to its length. */
export const streaming: Benchmark = {
  name: 'streaming',
  async run({ runs }) {
    const folder = mkdtempSync(join(tmpdir(), 'pyra-bench-'));
    const cpu = cpuRecorder(folder);
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      PYRA_HOME: join(folder, 'home'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      TERM: 'xterm-256color',
    };
    const model = await startModel();
    try {
      await ask(['model', 'use', 'openai-compatible/bench', '--base-url', `${model.server.url}/v1`], env);
      const samples = Math.max(20, runs);
      const pipe: number[] = [];
      const terminal: number[] = [];
      for (let run = -1; run < samples; run += 1) {
        const onPipe = (await ask(['ask', '--no-save', 'first token'], env)) - model.sentAt();
        const onTerminal = (await askOnTerminal(['ask', '--no-save', 'first token'], env)) - model.sentAt();
        if (run < 0) continue;
        pipe.push(onPipe);
        terminal.push(onTerminal);
      }
      const times: Record<'1' | '2', number[]> = { '1': [], '2': [] };
      for (let run = -1; run < Math.min(5, runs); run += 1) {
        for (const size of ['1', '2'] as const) {
          await ask(['ask', '--no-save', `${size} MB`], { ...env, NODE_OPTIONS: `--require ${cpu.hook}`, PYRA_BENCH_CPU: cpu.file });
          if (run >= 0) times[size].push(cpu.read());
        }
      }
      const latency = (where: string, taken: readonly number[]) => ({
        name: `first token to first byte, ${where}, p95`,
        value: quantile(taken, 0.95),
        unit: 'ms',
        target: { most: 5 },
        detail: { medianMs: round(median(taken)), samples },
      });
      return [
        latency('pipe', pipe),
        latency('terminal', terminal),
        {
          name: 'CPU of a 2 MB answer to a 1 MB answer',
          value: median(times['2']) / median(times['1']),
          unit: '×',
          target: { most: 2.3 },
          detail: { ms1: round(median(times['1'])), ms2: round(median(times['2'])) },
        },
      ];
    } finally {
      await model.server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** A model that sends one token and tells when, or an answer of some megabytes. */
async function startModel(): Promise<{ readonly server: LoopbackServer; sentAt(): number }> {
  let sentAt = 0;
  const server = await startLoopbackServer(async ({ path, body }, response) => {
    if (path.endsWith('/models')) {
      response.setHeader('content-type', 'application/json');
      response.end('{"data":[{"id":"bench"}]}');
      return;
    }
    openEventStream(response);
    const megabytes = Number(/(\d) MB"/.exec(body)?.[1] ?? 0);
    const pieces = megabytes === 0 ? [`${TOKEN}.\n\n`] : Array<string>(Math.ceil((megabytes * 1e6) / SENTENCE.length)).fill(SENTENCE);
    for (const chunk of answerChunks({ text: pieces }, 'bench')) {
      if (megabytes === 0 && JSON.stringify(chunk).includes(TOKEN)) {
        await pause(SETTLE_MS);
        sentAt = performance.now();
      }
      await write(response, eventLine(chunk));
    }
    if (megabytes === 0) await pause(SETTLE_MS);
    response.end(eventLine('[DONE]'));
  });
  return { server, sentAt: () => sentAt };
}

async function write(response: ServerResponse, text: string): Promise<void> {
  if (response.closed || response.write(text)) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });
}

/** Runs pyra with its output on a pipe; gives the moment at which the token came out. */
function ask(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(PYRA, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...env } });
    let seen = 0;
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (seen === 0 && chunk.includes(TOKEN)) seen = performance.now();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(seen);
      else reject(new Error(`pyra ${args.join(' ')} ended with ${code}: ${stderr.trim()}`));
    });
  });
}

/** The same on a pseudo-terminal. */
async function askOnTerminal(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const pty = openPty([PYRA, ...args], { env });
  await pty.waitFor(TOKEN);
  const seen = performance.now();
  const code = await pty.exit;
  if (code !== 0) throw new Error(`pyra ${args.join(' ')} ended with ${code} on a terminal: ${pty.output()}`);
  return seen;
}

/** Makes a process write the CPU milliseconds that it took into a file when it exits. */
function cpuRecorder(folder: string): { readonly hook: string; readonly file: string; read(): number } {
  const hook = join(folder, 'cpu.cjs');
  const file = join(folder, 'cpu.json');
  const code = `process.on('exit', () => { const { user, system } = process.cpuUsage();
require('node:fs').writeFileSync(process.env.PYRA_BENCH_CPU, JSON.stringify({ ms: (user + system) / 1000 })); });\n`;
  writeFileSync(hook, code);
  const read = (): number => {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isJsonObject(value) || typeof value.ms !== 'number') throw new Error('the CPU time was not written');
    return value.ms;
  };
  return { hook, file, read };
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

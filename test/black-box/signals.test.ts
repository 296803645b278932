import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { PROJECT } from '../support/source-files.js';

/** A program with the real process wiring and one command per way to treat Ctrl-C. */
const PROGRAM = `
import { runProcess } from '${join(PROJECT, 'build/src/frontends/terminal/run-process.js')}';
const run = (verb, action) => ({ noun: 'it', verb, summary: verb, examples: ['x'], run: async (context) => {
  setInterval(() => undefined, 1000);
  const done = action(context);
  context.print('ready');
  return done;
} });
const aborted = (signal) => new Promise((resolve) => signal.addEventListener('abort', resolve));
const commands = [
  run('ignore', () => new Promise(() => undefined)),
  run('save', async (context) => {
    await context.openPyra();
    await aborted(context.signal);
    await new Promise((resolve) => setTimeout(resolve, 100));
    context.print('saved');
    return 0;
  }),
  run('hang', async (context) => { await context.openPyra(); return new Promise(() => undefined); }),
  run('take', async (context) => {
    await new Promise((resolve) => { const release = context.onInterrupt(() => { release(); resolve(); }); });
    context.print('taken');
    return 7;
  }),
  run('throw', async () => { setTimeout(() => { throw new TypeError('later'); }, 1); return new Promise(() => undefined); }),
];
await runProcess({
  nouns: [{ noun: 'it', group: 'MISC', summary: 'it', verbs: commands.map(({ verb }) => verb), load: async () => ({ commands }) }],
  version: '0',
  openPyra: async () => ({ close: async () => process.stdout.write('closed\\n') }),
  parser: () => import('${join(PROJECT, 'build/src/frontends/terminal/parse-arguments.js')}'),
});
`;

/** Runs one of its commands, sends signals when it is ready, and gives what came of it. */
async function signalled(verb: string, ...signals: readonly NodeJS.Signals[]) {
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, 'pyra', 'it', verb], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  let stdout = '';
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      stdout += String(chunk);
      if (stdout.includes('ready')) resolve();
    });
    child.once('exit', () => resolve());
  });
  const start = performance.now();
  for (const [index, signal] of signals.entries()) {
    if (index > 0) await new Promise((resolve) => setTimeout(resolve, 100));
    child.kill(signal);
  }
  const [status] = await closed;
  return { status, stdout, stderr, took: performance.now() - start };
}

describe('signals', () => {
  it('end a command that has nothing open at once, with 130 and 143', async () => {
    expect(await signalled('ignore', 'SIGINT')).to.include({ status: 130, stderr: '' });
    expect(await signalled('ignore', 'SIGTERM')).to.include({ status: 143, stderr: '' });
  });

  it('let a command save what it has, and close Pyra', async () => {
    expect(await signalled('save', 'SIGINT')).to.include({ status: 130, stdout: 'ready\nsaved\nclosed\n', stderr: '' });
    expect(await signalled('save', 'SIGTERM')).to.include({ status: 143, stdout: 'ready\nsaved\nclosed\n' });
  });

  it('end a command that hangs, after a while or at the second signal', async () => {
    const once = await signalled('hang', 'SIGINT');
    expect(once).to.include({ status: 130 });
    expect(once.took).to.be.within(1_500, 4_000);
    const twice = await signalled('hang', 'SIGINT', 'SIGINT');
    expect(twice).to.include({ status: 130 });
    expect(twice.took).to.be.below(1_500);
  });

  it('go to a command that takes Ctrl-C over', async () => {
    expect(await signalled('take', 'SIGINT')).to.include({ status: 7, stdout: 'ready\ntaken\n' });
  });

  it('do not hide a fault: an uncaught error ends with 1 and its stack', async () => {
    const { status, stderr } = await signalled('throw');
    expect(status).to.equal(1);
    expect(stderr).to.include('fault in Pyra').and.include('TypeError: later');
  });
});

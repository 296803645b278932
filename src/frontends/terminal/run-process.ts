import { createPaint } from '../../adapters/support/terminal/paint.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { READER_GONE } from './reader-gone.js';
import { reportError } from './report-error.js';
import { type RouterPorts, route, terminalsOfProcess } from './router.js';

/** What the process knows only by loading more. */
export type ProcessPorts = Pick<
  RouterPorts,
  'nouns' | 'version' | 'openPyra' | 'openFoundation' | 'terminal' | 'parser' | 'prompter' | 'help' | 'nearest'
>;

/** How long a command that holds Pyra open may take to save what it has after Ctrl-C, in milliseconds. */
const GRACE = 2_000;

/** Runs the command line of this process and ends it: signals, closed pipes and faults included. */
export async function runProcess(ports: ProcessPorts): Promise<never> {
  const controller = new AbortController();
  const interrupts: (() => void)[] = [];
  let holdsPyra = false;
  let ending: ExitCode | undefined;

  const end = (code: ExitCode, reason = new DOMException('interrupted', 'AbortError')): void => {
    if (ending !== undefined) process.exit(code);
    ending = code;
    controller.abort(reason);
    if (!holdsPyra) process.exit(code);
    setTimeout(() => process.exit(code), GRACE).unref();
  };
  process.on('SIGINT', () => {
    const handler = interrupts.at(-1);
    if (handler === undefined) end(EXIT.interrupted);
    else handler();
  });
  process.on('SIGTERM', () => end(EXIT.terminated));
  // The reader has gone: that is its right, and what was asked for is done as far as it wanted it.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return end(EXIT.ok, READER_GONE);
    // Every write that was under way fails, and one line says it.
    if (ending !== undefined) return;
    process.stderr.write(`pyra: cannot write the output: ${error.message}\n`);
    end(EXIT.failure);
  });
  process.stderr.on('error', () => undefined);
  process.on('uncaughtException', fault);
  process.on('unhandledRejection', fault);

  const code = await route(process.argv.slice(2), {
    ...ports,
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    terminals: terminalsOfProcess(),
    env: process.env,
    cwd: process.cwd(),
    signal: controller.signal,
    onInterrupt: (handler) => {
      interrupts.push(handler);
      return () => void interrupts.splice(interrupts.indexOf(handler), 1);
    },
    openPyra: (options) => {
      holdsPyra = true;
      return ports.openPyra(options);
    },
    openFoundation: (options) => {
      holdsPyra = true;
      return ports.openFoundation(options);
    },
  });
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))));
  process.exit(ending ?? code);
}

function fault(error: unknown): never {
  process.stderr.write(reportError(error, { json: process.argv.includes('--json'), verbose: false, paint: createPaint(false) }));
  process.exit(EXIT.failure);
}

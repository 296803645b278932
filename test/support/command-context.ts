import { PassThrough } from 'node:stream';
import { createPaint } from '../../src/adapters/support/terminal/paint.js';
import type { Foundation } from '../../src/core/usecases/foundation.js';
import type { Pyra } from '../../src/core/usecases/pyra.js';
import type { Command, CommandContext, PersonAtTerminal } from '../../src/frontends/terminal/command.js';
import type { ExitCode } from '../../src/frontends/terminal/exit-codes.js';
import type { Globals } from '../../src/frontends/terminal/global-flags.js';
import { parseArguments } from '../../src/frontends/terminal/parse-arguments.js';
import { createPrompter, type Prompter } from '../../src/frontends/terminal/prompter.js';
import { splitFlags } from '../../src/frontends/terminal/split-flags.js';

/** What a test may set of a command's surroundings. */
export interface ContextOptions {
  readonly pyra?: Partial<Pyra>;
  /** Of the home that is asked for. */
  readonly foundation?: (home: string) => Partial<Foundation>;
  /** Answers questions as a person at a terminal would. */
  readonly prompter?: Partial<Prompter>;
  /** Who sits at the terminal; nobody when absent. */
  readonly terminal?: PersonAtTerminal;
  readonly globals?: Partial<Globals>;
  readonly env?: Readonly<Record<string, string>>;
  readonly home?: string;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** What stands on stdin; it ends after that. */
  readonly stdin?: string;
}

/** A command's surroundings without a process: streams in memory, no terminal. */
export function commandContext(options: ContextOptions = {}): CommandContext & { out(): string; err(): string; readonly ran: string[][] } {
  const stdin = new PassThrough();
  stdin.end(options.stdin ?? '');
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) streams[name].on('data', (chunk: Buffer) => (written[name] += chunk.toString('utf8')));
  const globals: Globals = {
    json: false,
    quiet: false,
    verbose: false,
    color: 'auto',
    noInput: false,
    yes: false,
    dryRun: false,
    profile: undefined,
    ...options.globals,
  };
  const ran: string[][] = [];
  return {
    stdin,
    ...streams,
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
    globals,
    home: options.home ?? '/nonexistent',
    version: '0.0.0',
    nouns: [],
    signal: options.signal ?? new AbortController().signal,
    interactive: options.prompter !== undefined,
    onInterrupt: () => () => undefined,
    print: (text) => void streams.stdout.write(`${text}\n`),
    printJson: (value) => void streams.stdout.write(`${JSON.stringify({ v: 1, ...value })}\n`),
    say: (text) => {
      if (!globals.quiet) streams.stderr.write(`${text}\n`);
    },
    paint: () => createPaint(false),
    openTerminal: async () =>
      options.terminal ?? {
        console: () => undefined,
        card: () => '',
        approver: { decide: async () => ({ outcome: 'deny', by: 'unavailable' }) },
      },
    openPrompter: async () =>
      (options.prompter as Prompter | undefined) ?? createPrompter({ stdin, stderr: streams.stderr, interactive: false }),
    openPyra: async () => {
      if (options.pyra === undefined) throw new Error('the test gave no Pyra');
      return options.pyra as Pyra;
    },
    openFoundation: async ({ home = options.home ?? '/nonexistent' } = {}) => {
      if (options.foundation === undefined) throw new Error('the test gave no foundation');
      return options.foundation(home) as Foundation;
    },
    runCommand: async (words) => {
      ran.push([...words]);
      return 0;
    },
    out: () => written.stdout,
    err: () => written.stderr,
    ran,
  };
}

/** Runs a command by what a person would write after noun and verb (command flags only; globals go into the context). */
export function runCommand(command: Command, context: CommandContext, line: readonly string[]): Promise<ExitCode> {
  return command.run(context, parseArguments(command, splitFlags(line, command.flags ?? [])));
}

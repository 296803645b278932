import { isatty } from 'node:tty';
import { homeFolder } from '../../adapters/support/home-folder.js';
import { createPaint, type Paint, wantsColor } from '../../adapters/support/terminal/paint.js';
import { isPyraError, PyraError } from '../../core/domain/errors.js';
import type { Foundation } from '../../core/usecases/foundation.js';
import type { Pyra } from '../../core/usecases/pyra.js';
import type {
  Command,
  CommandContext,
  InputStream,
  Noun,
  OpenOptions,
  OutputStream,
  ParsedArguments,
  PersonAtTerminal,
} from './command.js';
import { findCommand, UnknownWord } from './command-line.js';
import { EXIT, type ExitCode, exitCodeOf } from './exit-codes.js';
import { GLOBAL_FLAGS, type Globals, resolveGlobals } from './global-flags.js';
import type * as Help from './help.js';
import { jsonLine } from './json-line.js';
import type { Prompter, PrompterStreams } from './prompter.js';
import { reportError } from './report-error.js';
import { type SplitLine, splitFlags, UnknownFlag } from './split-flags.js';

/** What the router needs of the outside; the parts that are slow to load come as functions that load them. */
export interface RouterPorts {
  readonly nouns: readonly Noun[];
  readonly version: string;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Whether the three streams are terminals, without opening stdin. */
  readonly terminals: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly signal: AbortSignal;
  onInterrupt(handler: () => void): () => void;
  openPyra(
    options: OpenOptions & { readonly home: string; readonly context: CommandContext; readonly foundation?: Promise<Foundation> },
  ): Promise<Pyra>;
  openFoundation(options: { readonly home: string; readonly context: CommandContext }): Promise<Foundation>;
  terminal(): Promise<{
    openTerminal(options: { readonly askable: boolean; readonly paint: Paint; readonly environment: RouterPorts['env'] }): PersonAtTerminal;
  }>;
  parser(): Promise<{ parseArguments(command: Command, line: SplitLine): ParsedArguments }>;
  prompter(): Promise<{ createPrompter(streams: PrompterStreams): Prompter }>;
  help(): Promise<typeof Help>;
  nearest(): Promise<{ nearest(word: string, known: readonly string[]): string | undefined }>;
}

/** What was opened for a command line; closed at its end. */
interface Opened {
  readonly closables: Promise<Pick<Pyra, 'close'>>[];
  /** The foundation of each home, whose vault a later Pyra shares: what setup opened needs no passphrase in the chat that follows it. */
  readonly foundations: Map<string, Promise<Foundation>>;
  /** One terminal for all commands of the line: two readers of it would take each other's keys. */
  person: Promise<PersonAtTerminal> | undefined;
}

/** Whether file descriptors 0 to 2 are terminals. */
export function terminalsOfProcess(): RouterPorts['terminals'] {
  return { stdin: isatty(0), stdout: isatty(1), stderr: isatty(2) };
}

/** Runs one command line to its exit code. Never rejects: errors are printed on stderr. */
export async function route(line: readonly string[], ports: RouterPorts): Promise<ExitCode> {
  const opened: Opened = { closables: [], foundations: new Map(), person: undefined };
  try {
    return await run(line, ports, opened);
  } catch (error) {
    if (isAbort(error)) return EXIT.interrupted;
    const shown = isPyraError(error) ? await withSuggestion(error, ports, line) : error;
    ports.stderr.write(reportError(shown, errorStyle(line, ports)));
    return exitCodeOf(error);
  } finally {
    for (const pyra of opened.closables) await pyra.then((value) => value.close()).catch(() => undefined);
  }
}

async function run(line: readonly string[], ports: RouterPorts, opened: Opened): Promise<ExitCode> {
  const { noun, verb, remaining } = findCommand(line, ports.nouns);
  const commands = noun === undefined ? [] : (await noun.load()).commands;
  const command = commands.find((candidate) => candidate.verb === verb);
  const own = command?.flags ?? [];
  const split = splitOrHelp(remaining, [...GLOBAL_FLAGS, ...own], command?.rest);
  const isGlobal = (name: string): boolean => GLOBAL_FLAGS.some((flag) => flag.name === name) && !own.some((flag) => flag.name === name);
  const globals = resolveGlobals(new Map(split.flags.filter(([name]) => isGlobal(name))), ports.env);
  const context = createContext(globals, ports, opened);

  if (globals.version) {
    if (globals.json) context.printJson({ version: ports.version });
    else context.print(`pyra ${ports.version}`);
    return EXIT.ok;
  }
  if (globals.help) {
    const help = await ports.help();
    const text =
      command !== undefined
        ? help.commandHelp(command)
        : noun !== undefined
          ? help.nounHelp(noun, commands)
          : help.programHelp(ports.nouns);
    if (globals.json) context.printJson({ text });
    else context.print(text.trimEnd());
    return EXIT.ok;
  }
  if (noun === undefined) {
    if (ports.terminals.stdin && ports.terminals.stdout && !globals.noInput) return run(['start', ...line], ports, opened);
    if (globals.json) throw new PyraError('usage', 'no command given', { hint: 'see pyra --help' });
    ports.stderr.write((await ports.help()).shortHelp(ports.nouns));
    return EXIT.usage;
  }
  if (command === undefined) {
    if (globals.json) throw new PyraError('usage', `pyra ${noun.noun} needs one of: ${noun.verbs.join(', ')}`);
    ports.stderr.write((await ports.help()).nounHelp(noun, commands));
    return EXIT.usage;
  }
  const { parseArguments } = await ports.parser();
  const args = parseArguments(command, { ...split, flags: split.flags.filter(([name]) => !isGlobal(name)) });
  return command.run(context, args);
}

/** Splits the flags; a call for help succeeds even beside flags that do not exist. */
function splitOrHelp(remaining: readonly string[], specs: Parameters<typeof splitFlags>[1], rest: string | undefined): SplitLine {
  try {
    return splitFlags(remaining, specs);
  } catch (error) {
    const flags = remaining.slice(0, remaining.includes('--') ? remaining.indexOf('--') : undefined);
    if (flags.includes('--help') || flags.includes('-h')) return { flags: [['help', true]], words: [], rest: undefined };
    if (!(error instanceof UnknownFlag)) throw error;
    // Without the dashes the flags of another program look like ours.
    if (rest !== undefined && !remaining.includes('--')) {
      throw new PyraError('usage', error.message, { hint: `a flag of another program stands behind --, with that program: -- ${rest}` });
    }
    throw new UnknownFlag(error.flag, specs);
  }
}

function createContext(globals: Globals, ports: RouterPorts, opened: Opened): CommandContext {
  const home = homeFolder(ports.env, globals.profile);
  const byHome = new Map<string, Promise<Pyra>>();
  const context: CommandContext = {
    get stdin() {
      return ports.stdin;
    },
    stdout: ports.stdout,
    stderr: ports.stderr,
    env: ports.env,
    cwd: ports.cwd,
    globals,
    home,
    version: ports.version,
    nouns: ports.nouns,
    signal: ports.signal,
    interactive: ports.terminals.stdin && ports.terminals.stderr && !globals.noInput,
    onInterrupt: (handler) => ports.onInterrupt(handler),
    print: (text) => void ports.stdout.write(`${text}\n`),
    printJson: (value) => void ports.stdout.write(jsonLine({ v: 1, ...value })),
    say: (text) => {
      if (!globals.quiet) ports.stderr.write(`${text}\n`);
    },
    paint: (stream) => createPaint(wantsColor(ports.terminals[stream], ports.env, globals.color)),
    openPrompter: async () =>
      (await ports.prompter()).createPrompter({
        stdin: ports.stdin,
        stderr: ports.stderr,
        interactive: context.interactive,
        // A command that reads keys must not take what answers the question.
        lend: async (use) => {
          const console = (await opened.person)?.console();
          return console === undefined ? use() : console.lend(use);
        },
      }),
    openTerminal: () => {
      opened.person ??= ports
        .terminal()
        .then(({ openTerminal }) => openTerminal({ askable: !globals.noInput, paint: context.paint('stderr'), environment: ports.env }));
      return opened.person;
    },
    openPyra: (options = {}) => {
      const folder = options.home ?? home;
      const known = byHome.get(folder);
      if (known !== undefined) return known;
      const foundation = opened.foundations.get(folder);
      const pyra = ports.openPyra({ ...options, home: folder, context, ...(foundation === undefined ? {} : { foundation }) });
      byHome.set(folder, pyra);
      opened.closables.push(pyra);
      return pyra;
    },
    openFoundation: (options = {}) => {
      const folder = options.home ?? home;
      const known = opened.foundations.get(folder);
      if (known !== undefined) return known;
      const foundation = ports.openFoundation({ home: folder, context });
      opened.foundations.set(folder, foundation);
      opened.closables.push(foundation);
      return foundation;
    },
    runCommand: (words) => run([...words, ...globalWords(globals)], ports, opened),
  };
  return context;
}

/** The globals as a command line again, for a command that runs another. */
function globalWords(globals: Globals): readonly string[] {
  const switches = {
    json: '--json',
    quiet: '--quiet',
    verbose: '--verbose',
    noInput: '--no-input',
    yes: '--yes',
    dryRun: '--dry-run',
  } as const;
  return [
    ...Object.entries(switches).flatMap(([name, flag]) => (globals[name as keyof typeof switches] ? [flag] : [])),
    ...(globals.profile === undefined ? [] : [`--profile=${globals.profile}`]),
    `--color=${globals.color}`,
  ];
}

async function withSuggestion(error: PyraError, ports: RouterPorts, line: readonly string[]): Promise<PyraError> {
  if (error.hint !== undefined) return error;
  if (error instanceof UnknownWord) {
    const { nearest } = await ports.nearest();
    const near = nearest(error.word, error.known);
    const sentence =
      error.noun === undefined &&
      ports.nouns.some(({ noun }) => noun === 'ask') &&
      (near === undefined || isSentence(line, ports.nouns.find(({ noun }) => noun === near)?.verbs ?? []));
    const guess = sentence
      ? 'did you mean: pyra ask "…"'
      : near === undefined
        ? undefined
        : `did you mean: ${['pyra', error.noun, near].filter(Boolean).join(' ')}`;
    return new PyraError('usage', error.message, { hint: guess ?? `see ${['pyra', error.noun, '--help'].filter(Boolean).join(' ')}` });
  }
  if (error instanceof UnknownFlag) {
    const { nearest } = await ports.nearest();
    const near = nearest(error.flag.replace(/^-+/, ''), error.known);
    return new PyraError('usage', error.message, {
      hint: near === undefined ? 'see --help for the flags of this command' : `did you mean: --${near}`,
    });
  }
  return error;
}

/** Several words, the second of which is no verb of the command that the first resembles, are a question and no mistyped command. */
function isSentence(line: readonly string[], verbs: readonly string[]): boolean {
  const words = line.filter((word) => !word.startsWith('-'));
  return words.length >= 3 && !verbs.includes(words[1] ?? '');
}

function errorStyle(line: readonly string[], ports: RouterPorts): Parameters<typeof reportError>[1] {
  const flags = line.slice(0, line.includes('--') ? line.indexOf('--') : undefined);
  const color = flags.includes('--no-color') || flags.includes('--color=never') ? 'never' : 'auto';
  return {
    json: flags.includes('--json'),
    verbose: flags.includes('--verbose') || flags.includes('-v'),
    paint: createPaint(wantsColor(ports.terminals.stderr, ports.env, color)),
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

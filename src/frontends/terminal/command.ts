/*
 * How to add a command. Write a module in this folder that exports `commands: readonly Command[]`, all of one noun, and add one row to the
 * table in `src/main.ts` (noun, group, verbs in the order of the help, loader). The module is loaded only when its noun is called, so it may
 * import what it needs statically, except what only some of its verbs need and that is slow to load: such a thing comes through
 * `context.openPyra()`, whose adapters load lazily. Expected failures are thrown as `PyraError`; the router prints message and hint, sets
 * the exit code, and turns them into an object under `--json`. A command writes results with `context.print`/`printJson`, all else with
 * `context.say`, and returns its exit code; it never calls `process.exit`, and never touches `process.stdout` itself.
 */
import type { Paint } from '../../adapters/support/terminal/paint.js';
import type { TerminalConsole } from '../../adapters/support/terminal/terminal-console.js';
import type { ApprovalRequest } from '../../core/domain/approval.js';
import type { JsonObject } from '../../core/domain/json.js';
import type { Foundation } from '../../core/usecases/foundation.js';
import type { Pyra } from '../../core/usecases/pyra.js';
import type { Approver } from '../../ports/approver.js';
import type { ExitCode } from './exit-codes.js';
import type { Globals } from './global-flags.js';
import type { Prompter } from './prompter.js';

/** A flag of one command. Global flags need no declaration. */
export interface FlagSpec {
  /** The long name without dashes, such as `from-file` or `no-save`. */
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** What stands for the value in the help, such as `FILE`; a flag without it is a switch. */
  readonly value?: string;
  /** Whether it may be given several times; else a second one is an error. */
  readonly repeat?: true;
  readonly summary: string;
}

/** What the person wrote after noun and verb, every value exactly as written. */
export interface ParsedArguments {
  /** The words that are not flags; `-` is such a word. Words after `--` too, unless the command has `rest`. */
  readonly words: readonly string[];
  /** The words after `--`, for a command that has `rest`. */
  readonly rest: readonly string[];
  /** Whether a flag was given. */
  has(flag: string): boolean;
  /** The value of a flag, if it was given. */
  value(flag: string): string | undefined;
  /** All values of a repeatable flag, in order. */
  values(flag: string): readonly string[];
}

/** One command of the terminal. */
export interface Command {
  readonly noun: string;
  /** Absent where the noun alone is the command, such as `ask`. */
  readonly verb?: string;
  readonly summary: string;
  /** The words it takes: `<name>` required, `[name]` optional, `[...name]` or `<...name>` for any number, last. */
  readonly words?: string;
  /** What stands for the words after `--` in the help; without it they count as ordinary words. */
  readonly rest?: string;
  readonly flags?: readonly FlagSpec[];
  /** Whole command lines, such as `pyra ask "what is new?"`. At least one. */
  readonly examples: readonly string[];
  /** More for its help page. */
  readonly details?: string;
  run(context: CommandContext, args: ParsedArguments): Promise<ExitCode>;
  /** What its first word may be, for the completion of shells; must be quick, and change nothing. */
  complete?(context: CommandContext): Promise<readonly string[]>;
  /** What its further words may be, by those before them; as quick, and changes as little. */
  completeMore?(context: CommandContext, words: readonly string[]): Promise<readonly string[]>;
}

/** Where a command reads from. */
export type InputStream = NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?(mode: boolean): unknown };

/** Where a command writes to. */
export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };

/** How a command opens Pyra. */
export interface OpenOptions {
  /** Another home than that of the environment and `--profile`, such as the temporary one of the demo. */
  readonly home?: string;
  /** Keep the conversation in memory only. */
  readonly ephemeral?: boolean;
  /** The most time for one model request, instead of that of the settings. */
  readonly timeoutSeconds?: number;
}

/** The person at the terminal. */
export interface PersonAtTerminal {
  /** Where keys are read and lines are edited; `undefined` where nobody can be asked. Opened at the first call. */
  console(): TerminalConsole | undefined;
  /** Asks the person with a card; denies as `unavailable` where nobody can be asked. */
  readonly approver: Approver;
  /** The card of a request as text, without asking anybody; as wide as `columns`. */
  card(request: ApprovalRequest, columns: number): string;
}

/** What a command gets from the router: its streams, the global flags, and Pyra when it asks for it. */
export interface CommandContext {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly globals: Globals;
  /** The home folder that environment and `--profile` choose. */
  readonly home: string;
  /** Aborts at Ctrl-C and SIGTERM; the router ends the process soon after. See {@link CommandContext.onInterrupt}. */
  readonly signal: AbortSignal;
  /** Takes Ctrl-C over (as `chat` does, where it ends a turn and not the program) until the returned function is called. */
  onInterrupt(handler: () => void): () => void;
  /** Writes a line of the result to stdout. */
  print(text: string): void;
  /** Writes the result as one JSON object with `"v": 1`, for `--json`. */
  printJson(value: JsonObject): void;
  /** Writes a line for the person to stderr; nothing under `--quiet`. */
  say(text: string): void;
  /** Colours for one of the two streams, as flags, environment and terminal allow. */
  paint(stream: 'stdout' | 'stderr'): Paint;
  /** Whether the person can be asked: a terminal on stdin and stderr, and no `--no-input`. */
  readonly interactive: boolean;
  /** Questions on the terminal (never for approvals); without a terminal each is a usage error that names the flag to use instead. */
  openPrompter(): Promise<Prompter>;
  /** The console and the approver of the terminal; opened once. Under `--no-input` nobody is there. */
  openTerminal(): Promise<PersonAtTerminal>;
  /** Pyra for the chosen home; opened once, closed by the router. */
  openPyra(options?: OpenOptions): Promise<Pyra>;
  /** What works with broken settings and repairs nothing by itself; one for each home, closed by the router. */
  openFoundation(options?: Pick<OpenOptions, 'home'>): Promise<Foundation>;
  /** Runs another command by its words, such as `['setup']`; resolves with its exit code. */
  runCommand(words: readonly string[]): Promise<ExitCode>;
  readonly version: string;
  /** The table of all nouns, for completion and help. */
  readonly nouns: readonly Noun[];
}

/** The headings under which the help lists the nouns. */
export type NounGroup = 'START' | 'YOURS' | 'SECRETS' | 'EXTEND' | 'AUTOMATE' | 'SAFETY' | 'MISC';

/** One row of the command table. */
export interface Noun {
  readonly noun: string;
  readonly group: NounGroup;
  readonly summary: string;
  /** Empty where the noun alone is the command. */
  readonly verbs: readonly string[];
  /** Verbs that only programs call; no help lists them. */
  readonly hidden?: readonly string[];
  load(): Promise<{ readonly commands: readonly Command[] }>;
}

import { cac } from 'cac';
import { PyraError } from '../../core/domain/errors.js';
import type { Command, ParsedArguments } from './command.js';
import type { SplitLine } from './split-flags.js';

// cac turns `0012` and `+1555` into numbers, `""` into 0, and loses `-`. NUL cannot stand in an argument, so a value that starts with it
// is never taken for a number, a flag or nothing; it is cut off again afterwards.
const RAW = '\0';
const seal = (value: string): string => RAW + value;
const open = (value: unknown): string => String(value).slice(RAW.length);

/**
 * Reads the words and flags of one command with cac, one `cac` per call, every value raw. `line` is split already and holds the command's
 * own flags only. Throws `usage`, and never repeats a value.
 */
export function parseArguments(command: Command, line: SplitLine): ParsedArguments {
  const specs = command.flags ?? [];
  const seen = new Set<string>();
  for (const [name] of line.flags) {
    const spec = specs.find((candidate) => candidate.name === name);
    if (seen.has(name) && spec?.value !== undefined && !spec.repeat) throw new PyraError('usage', `--${name} may be given only once`);
    seen.add(name);
  }

  const title = ['pyra', command.noun, command.verb].filter(Boolean).join(' ');
  const program = cac(title);
  const verb = 'run';
  const parser = program.command([verb, command.words].filter(Boolean).join(' '), command.summary);
  for (const spec of specs) parser.option(optionOf(spec.name, spec.value), spec.summary);
  let words: readonly string[] = [];
  let options: Readonly<Record<string, unknown>> = {};
  parser.action((...received: unknown[]) => {
    options = received.at(-1) as Readonly<Record<string, unknown>>;
    words = program.args.map(open);
  });

  const positional = command.rest === undefined ? [...line.words, ...(line.rest ?? [])] : line.words;
  checkWords(title, command, positional.length);
  program.parse([
    'node',
    'pyra',
    verb,
    // Words first: cac would take a word after a switch for the switch's value.
    ...positional.map(seal),
    ...line.flags.map(([name, value]) => (value === true ? `--${name}` : `--${name}=${seal(value)}`)),
  ]);

  const given = (flag: string): unknown => {
    const negated = flag.startsWith('no-');
    const value = options[camelCase(negated ? flag.slice(3) : flag)];
    return negated ? value === false || undefined : value;
  };
  const values = (flag: string): readonly string[] => [given(flag) ?? []].flat().map(open);
  return {
    words,
    rest: command.rest === undefined ? [] : (line.rest ?? []),
    has: (flag) => given(flag) !== undefined,
    value: (flag) => values(flag).at(-1),
    values,
  };
}

function checkWords(title: string, command: Command, count: number): void {
  const words = [...(command.words ?? '').matchAll(/[<[](\.\.\.)?([^>\]]+)[>\]]/g)];
  const required = words.filter(([text]) => text.startsWith('<'));
  const most = words.some(([, many]) => many !== undefined) ? Number.POSITIVE_INFINITY : words.length;
  const rest = command.rest === undefined ? undefined : `-- ${command.rest}`;
  const usage = { hint: `usage: ${[title, command.words, rest].filter(Boolean).join(' ')}; see ${title} --help` };
  if (count < required.length) throw new PyraError('usage', `${required[count]?.[2] ?? 'a word'} is missing`, usage);
  if (count > most && command.rest !== undefined) {
    throw new PyraError('usage', `too many words: a program with its arguments stands behind --`, usage);
  }
  if (count > most) throw new PyraError('usage', `too many words: ${title} takes ${most === 0 ? 'none' : `at most ${most}`}`, usage);
}

function optionOf(name: string, value: string | undefined): string {
  return value === undefined ? `--${name}` : `--${name} <${value}>`;
}

function camelCase(name: string): string {
  return name.replaceAll(/([a-z])-([a-z])/g, (_, before: string, after: string) => before + after.toUpperCase());
}

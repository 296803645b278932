import { PyraError } from '../../core/domain/errors.js';
import type { Noun } from './command.js';
import { GLOBAL_FLAGS } from './global-flags.js';
import { splitFlags } from './split-flags.js';

/** A command line with its noun and verb found and taken out. */
export interface CommandLine {
  /** Undefined where there is no word at all. */
  readonly noun: Noun | undefined;
  /** Undefined where the noun has no verbs, or none was given. */
  readonly verb: string | undefined;
  /** All other words and flags, in order. */
  readonly remaining: readonly string[];
}

/** Finds noun and verb, around which global flags may stand. Throws {@link UnknownWord} for a word that is neither. */
export function findCommand(line: readonly string[], nouns: readonly Noun[]): CommandLine {
  const nounAt = findWord(line, 0);
  const before = line.slice(0, nounAt);
  splitFlags(before, GLOBAL_FLAGS);
  if (nounAt === line.length) return { noun: undefined, verb: undefined, remaining: line };
  const word = line[nounAt] ?? '';
  const noun = nouns.find((candidate) => candidate.noun === word);
  if (noun === undefined) {
    throw new UnknownWord(
      word,
      nouns.map((candidate) => candidate.noun),
      undefined,
    );
  }
  const after = line.slice(nounAt + 1);
  if (noun.verbs.length === 0) return { noun, verb: undefined, remaining: [...before, ...after] };
  const verbAt = findWord(after, 0);
  const verb = after[verbAt];
  if (verb === undefined || verb === '--') return { noun, verb: undefined, remaining: [...before, ...after] };
  if (!noun.verbs.includes(verb) && !noun.hidden?.includes(verb)) throw new UnknownWord(verb, noun.verbs, noun.noun);
  return { noun, verb, remaining: [...before, ...after.slice(0, verbAt), ...after.slice(verbAt + 1)] };
}

/** A word where a command was expected; the router adds the nearest one. */
export class UnknownWord extends PyraError {
  readonly word: string;
  readonly known: readonly string[];
  /** The noun whose verb it should have been; undefined where it should have been a noun. */
  readonly noun: string | undefined;

  constructor(word: string, known: readonly string[], noun: string | undefined) {
    // A pasted text or key in the place of a command is not repeated.
    const shown = /^[a-z][a-z-]{0,19}$/i.test(word) ? ` "${word}"` : '';
    super('usage', noun === undefined ? `unknown command${shown}` : `unknown command${shown} of pyra ${noun}`);
    this.word = word;
    this.known = known;
    this.noun = noun;
  }
}

/** The index of the first word that is no flag and no global flag's value; the length where there is none. */
function findWord(line: readonly string[], from: number): number {
  for (let index = from; index < line.length; index += 1) {
    const word = line[index] ?? '';
    if (word === '--') return line.length;
    if (word === '-' || !word.startsWith('-')) return index;
    const takesNext = GLOBAL_FLAGS.some(
      (flag) => flag.value !== undefined && (word === `--${flag.name}` || (/^-[^-]/.test(word) && word.endsWith(flag.short ?? '\0'))),
    );
    if (takesNext) index += 1;
  }
  return line.length;
}

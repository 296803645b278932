import { PyraError } from '../../core/domain/errors.js';
import type { FlagSpec } from './command.js';

/** A command line, split; every value is exactly what the person wrote. */
export interface SplitLine {
  /** Known flags in order; `true` for a switch. */
  readonly flags: readonly (readonly [name: string, value: string | true])[];
  readonly words: readonly string[];
  /** What stands after `--`; undefined where there was none. */
  readonly rest: readonly string[] | undefined;
}

const LOOKS_SECRET = /^(?:value|key|api-?key|password|passphrase|passwd|secret|token)$/i;

/**
 * Splits a line by the flags that may stand in it. The word after a flag that takes a value is its value, whatever it looks like; only a
 * known long flag there is an error. Throws `usage`, and never repeats a value.
 */
export function splitFlags(line: readonly string[], specs: readonly FlagSpec[]): SplitLine {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const byShort = new Map(specs.flatMap((spec) => (spec.short === undefined ? [] : [[spec.short, spec] as const])));
  const flags: [string, string | true][] = [];
  const words: string[] = [];
  for (let index = 0; index < line.length; index += 1) {
    const word = line[index] ?? '';
    if (word === '--') return { flags, words, rest: line.slice(index + 1) };
    if (word === '-' || !word.startsWith('-')) {
      words.push(word);
      continue;
    }
    const takeValue = (spec: FlagSpec, attached: string | undefined): string => {
      if (attached !== undefined) return attached;
      const next = line[index + 1];
      if (next === undefined || next === '--' || (next.startsWith('--') && byName.has(next.slice(2)))) {
        throw new PyraError('usage', `--${spec.name} needs a value: --${spec.name} ${spec.value}`);
      }
      index += 1;
      return next;
    };
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
      const attached = equals < 0 ? undefined : word.slice(equals + 1);
      const spec = byName.get(name) ?? unknown(`--${name}`, name);
      if (spec.value !== undefined) flags.push([spec.name, takeValue(spec, attached)]);
      else if (attached === undefined) flags.push([spec.name, true]);
      else throw new PyraError('usage', `--${name} takes no value`);
      continue;
    }
    for (let at = 1; at < word.length; at += 1) {
      const letter = word[at] ?? '';
      const spec = byShort.get(letter) ?? unknown(`-${letter}`, letter);
      if (spec.value === undefined) {
        flags.push([spec.name, true]);
        continue;
      }
      const attached = word.slice(at + 1).replace(/^=/, '');
      flags.push([spec.name, takeValue(spec, at + 1 < word.length ? attached : undefined)]);
      break;
    }
  }
  return { flags, words, rest: undefined };
}

function unknown(shown: string, name: string): never {
  if (LOOKS_SECRET.test(name)) {
    throw new PyraError('usage', `${shown} is refused: a secret on the command line stays in the shell's history and shows in \`ps\``, {
      hint: 'give it at the hidden prompt, on stdin (-), with --from-file FILE or with --from-env NAME',
    });
  }
  throw new UnknownFlag(shown);
}

/** A flag that the command does not have; the router adds the nearest one. */
export class UnknownFlag extends PyraError {
  readonly flag: string;
  /** The names of the flags that it could have been. */
  readonly known: readonly string[];

  constructor(flag: string, specs: readonly FlagSpec[] = []) {
    super('usage', `unknown flag ${flag}`);
    this.flag = flag;
    this.known = specs.map((spec) => spec.name);
  }
}

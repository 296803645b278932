import { PyraError } from '../../core/domain/errors.js';
import type { ParsedArguments } from './command.js';

/** The value of a flag that takes a whole number of at least 1; `initial` when it was not given. Throws `usage`. */
export function wholeNumber<T extends number | undefined>(args: ParsedArguments, flag: string, initial: T): number | T {
  const text = args.value(flag);
  if (text === undefined) return initial;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new PyraError('usage', `--${flag} takes a whole number from 1 on`);
  return Number(text);
}

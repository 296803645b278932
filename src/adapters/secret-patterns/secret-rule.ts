import {
  AFTER_VALUE,
  ALLOWED,
  ALLOWED_ALWAYS,
  BETWEEN_NAME_AND_VALUE,
  STOP_WORDS,
  STOP_WORDS_ALWAYS,
  STOP_WORDS_OF,
} from './secret-rules.js';
import { shannonEntropy } from './shannon-entropy.js';

/** How far from a match its near word may stand, in code units. */
const NEAR = 600;
/** How much of a name before the keyword counts as part of the match when exceptions are tried. */
const NAME_BEFORE = 50;

interface Exception {
  readonly target: string;
  readonly pattern: RegExp;
}

const exceptions = new Map<string, readonly Exception[]>();
let always: readonly RegExp[] | undefined;
let stopWords: ReadonlyMap<string, readonly string[]> | undefined;

function exceptionsOf(id: string): readonly Exception[] {
  let known = exceptions.get(id);
  if (known === undefined) {
    known = ALLOWED.map((line) => line.split('\t'))
      .filter(([rule]) => rule === id)
      .map(([, target = '', pattern = '']) => ({ target, pattern: new RegExp(pattern) }));
    exceptions.set(id, known);
  }
  return known;
}

/** Whether one of the many stop words lies in a value; looked up by their first three characters. */
function holdsStopWord(value: string): boolean {
  if (stopWords === undefined) {
    const byHead = new Map<string, string[]>();
    for (const word of STOP_WORDS.split(' ')) byHead.set(word.slice(0, 3), [...(byHead.get(word.slice(0, 3)) ?? []), word]);
    stopWords = byHead;
  }
  for (let index = 0; index + 3 <= value.length; index++) {
    for (const word of stopWords.get(value.slice(index, index + 3)) ?? []) if (value.startsWith(word, index)) return true;
  }
  return false;
}

/** One rule of the table; its pattern is compiled when it is first tried. */
export class SecretRule {
  readonly id: string;
  readonly keywords: readonly string[];
  /** Whether a match begins where the keyword stands. */
  readonly anchored: boolean;
  readonly #entropy: number;
  readonly #group: number;
  readonly #near: string;
  readonly #source: string;
  #pattern: RegExp | undefined;

  /** `line`: as in the table of rules. */
  constructor(line: string) {
    const [id = '', flags = '', entropy = '', group = '', keywords = '', near = '', source = ''] = line.split('\t');
    this.id = id;
    this.keywords = keywords.split(',');
    this.anchored = flags.includes('a');
    this.#entropy = Number(entropy);
    this.#group = Number(group);
    this.#near = near;
    this.#source = source;
  }

  /** The pattern with its abbreviations written out. */
  get source(): string {
    return this.#source.replaceAll('«', () => BETWEEN_NAME_AND_VALUE).replaceAll('»', () => AFTER_VALUE);
  }

  /** Where the secret of a match stands that begins at `offset` (or, where the rule is not anchored, after it); `lower` is the text in lower case. */
  match(text: string, lower: string, offset: number): { readonly start: number; readonly end: number; readonly next: number } | undefined {
    this.#pattern ??= new RegExp(this.source, this.anchored ? 'y' : 'g');
    const pattern = this.#pattern;
    for (let from = offset; ; ) {
      pattern.lastIndex = from;
      const match = pattern.exec(text);
      if (match === null) return undefined;
      const secret =
        match[this.#group === 0 ? 1 + match.slice(1).findIndex((group) => group !== undefined && group !== '') : this.#group] ?? match[0];
      const start = match.index + match[0].lastIndexOf(secret);
      if (!this.#isException(text, lower, match, secret))
        return { start, end: start + secret.length, next: Math.max(match.index + match[0].length, from + 1) };
      if (this.anchored) return undefined;
      from = match.index + Math.max(match[0].length, 1);
    }
  }

  #isException(text: string, lower: string, match: RegExpExecArray, secret: string): boolean {
    if (this.#entropy > 0 && shannonEntropy(secret) <= this.#entropy) return true;
    if (this.#near !== '' && !lower.slice(Math.max(0, match.index - NEAR), match.index + match[0].length + NEAR).includes(this.#near))
      return true;
    always ??= ALLOWED_ALWAYS.map((pattern) => new RegExp(pattern));
    if (always.some((pattern) => pattern.test(secret))) return true;
    const value = secret.toLowerCase();
    if (STOP_WORDS_ALWAYS.some((word) => value.includes(word))) return true;
    if (STOP_WORDS_OF.includes(this.id) && holdsStopWord(value)) return true;
    for (const { target, pattern } of exceptionsOf(this.id)) {
      if (
        target === 'secret'
          ? pattern.test(secret)
          : target === 'match'
            ? pattern.test(withName(text, match))
            : pattern.test(lineOf(text, match))
      )
        return true;
    }
    return false;
  }
}

function withName(text: string, match: RegExpExecArray): string {
  const before = /[\w.-]*$/.exec(text.slice(Math.max(0, match.index - NAME_BEFORE), match.index))?.[0] ?? '';
  return before + match[0];
}

function lineOf(text: string, match: RegExpExecArray): string {
  const before = text.slice(Math.max(0, match.index - NEAR), match.index);
  const after = text.slice(match.index + match[0].length, match.index + match[0].length + NEAR);
  return before.slice(before.lastIndexOf('\n') + 1) + match[0] + (after.split('\n', 1)[0] ?? '');
}

import { ANY, type CodePoints, complement, DIGITS, LINE_ENDS, SPACES, union, WORD_CHARACTERS } from './code-points.js';

/** A regular expression as a tree. */
export type PatternTree =
  /** One character. */
  | { readonly kind: 'character'; readonly set: CodePoints }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternTree[] }
  | { readonly kind: 'choice'; readonly branches: readonly PatternTree[] }
  | { readonly kind: 'repeat'; readonly body: PatternTree; readonly least: number; readonly most: number }
  /** A look ahead or behind: it consumes nothing. */
  | { readonly kind: 'look'; readonly body: PatternTree };

/** What a pattern refers to in a way that nothing bounds; thrown by {@link parsePattern}. */
export class UnboundedPattern {
  readonly sentence: string;

  /** `sentence`: what is wrong, behind "has a pattern that". */
  constructor(sentence: string) {
    this.sentence = sentence;
  }
}

const NOTHING: PatternTree = { kind: 'sequence', parts: [] };
const SHORTHANDS: Readonly<Record<string, CodePoints>> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD_CHARACTERS,
  W: complement(WORD_CHARACTERS),
  s: SPACES,
  S: complement(SPACES),
};
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, '0': 0 };

/**
 * The tree of a pattern that is right in Unicode mode (`new RegExp(pattern, 'u')` took it).
 * @throws UnboundedPattern for references back to what was found, and for flags within the pattern
 */
export function parsePattern(pattern: string): PatternTree {
  return new PatternParser(pattern).choice();
}

class PatternParser {
  readonly #rest: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#rest = [...pattern];
  }

  choice(): PatternTree {
    const branches = [this.#sequence()];
    while (this.#taken('|')) branches.push(this.#sequence());
    return branches.length === 1 ? (branches[0] as PatternTree) : { kind: 'choice', branches };
  }

  #sequence(): PatternTree {
    const parts: PatternTree[] = [];
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek())
      parts.push(this.#quantified(this.#atom()));
    return parts.length === 1 ? (parts[0] as PatternTree) : { kind: 'sequence', parts };
  }

  #quantified(body: PatternTree): PatternTree {
    const [least, most] = this.#quantifier() ?? [1, 1];
    if (least === 1 && most === 1) return body;
    this.#taken('?');
    return { kind: 'repeat', body, least, most };
  }

  #quantifier(): readonly [number, number] | undefined {
    if (this.#taken('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#taken('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#taken('?')) return [0, 1];
    if (!this.#taken('{')) return undefined;
    const [least = '', most] = this.#until('}').split(',');
    return [Number(least), most === undefined ? Number(least) : most === '' ? Number.POSITIVE_INFINITY : Number(most)];
  }

  #atom(): PatternTree {
    const next = this.#next();
    if (next === '(') return this.#group();
    if (next === '[') return { kind: 'character', set: this.#class() };
    if (next === '.') return { kind: 'character', set: complement(LINE_ENDS) };
    if (next === '^' || next === '$') return NOTHING;
    if (next !== '\\') return { kind: 'character', set: single(next) };
    const escaped = this.#peek() ?? '';
    if (/[1-9k]/.test(escaped)) throw new UnboundedPattern('refers back to what it found');
    if (/[bB]/.test(escaped)) {
      this.#next();
      return NOTHING;
    }
    return { kind: 'character', set: this.#escape() };
  }

  #group(): PatternTree {
    let look = false;
    if (this.#taken('?')) {
      const what = this.#next();
      if (what === '=' || what === '!') look = true;
      else if (what === '<' && /[=!]/.test(this.#peek() ?? '')) {
        this.#next();
        look = true;
      } else if (what === '<') this.#until('>');
      else if (what !== ':') throw new UnboundedPattern('changes its own flags');
    }
    const body = this.choice();
    this.#next();
    return look ? { kind: 'look', body } : body;
  }

  #class(): CodePoints {
    const isNot = this.#taken('^');
    const sets: CodePoints[] = [];
    while (!this.#taken(']')) {
      const first = this.#classAtom();
      const isRange = this.#peek() === '-' && this.#rest[this.#at + 1] !== ']' && first.length === 1 && first[0]?.[0] === first[0]?.[1];
      if (!isRange) {
        sets.push(first);
        continue;
      }
      this.#next();
      sets.push([[first[0]?.[0] ?? 0, this.#classAtom()[0]?.[1] ?? 0]]);
    }
    const set = union(sets);
    return isNot ? complement(set) : set;
  }

  #classAtom(): CodePoints {
    const next = this.#next();
    if (next !== '\\') return single(next);
    return this.#taken('b') ? single('\b') : this.#escape();
  }

  /** What stands behind a backslash, as a set. */
  #escape(): CodePoints {
    const next = this.#next();
    const shorthand = Object.hasOwn(SHORTHANDS, next) ? SHORTHANDS[next] : undefined;
    if (shorthand !== undefined) return shorthand;
    if (next === 'p' || next === 'P') {
      this.#until('}');
      // Which characters have the property is not looked up: it may be any.
      return ANY;
    }
    if (Object.hasOwn(CONTROLS, next)) return point(CONTROLS[next] ?? 0);
    if (next === 'c') return point((this.#next().codePointAt(0) ?? 0) % 32);
    if (next === 'x') return point(Number.parseInt(this.#next() + this.#next(), 16));
    if (next === 'u') return point(this.#unicode());
    return single(next);
  }

  #unicode(): number {
    if (this.#taken('{')) return Number.parseInt(this.#until('}'), 16);
    const unit = this.#four();
    const isHigh = unit >= 0xd800 && unit < 0xdc00;
    if (!isHigh || this.#peek() !== '\\' || this.#rest[this.#at + 1] !== 'u' || this.#rest[this.#at + 2] === '{') return unit;
    const before = this.#at;
    this.#at += 2;
    const low = this.#four();
    if (low >= 0xdc00 && low < 0xe000) return (unit - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000;
    this.#at = before;
    return unit;
  }

  #four(): number {
    return Number.parseInt(this.#next() + this.#next() + this.#next() + this.#next(), 16);
  }

  #peek(): string | undefined {
    return this.#rest[this.#at];
  }

  #next(): string {
    const next = this.#rest[this.#at] ?? '';
    this.#at += 1;
    return next;
  }

  #taken(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }

  /** What stands before a character that follows, which is passed over. */
  #until(end: string): string {
    let text = '';
    for (let next = this.#next(); next !== end && next !== ''; next = this.#next()) text += next;
    return text;
  }
}

function single(character: string): CodePoints {
  return point(character.codePointAt(0) ?? 0);
}

function point(code: number): CodePoints {
  return [[code, code]];
}

import { INJECTION_PATTERNS, type InjectionPattern } from './injection-patterns.js';
import { INJECTION_WORDS, type WordClass } from './injection-words.js';

/** How the letters of a text are to be read. */
export type Reading = 'plain' | 'rot13' | 'leet' | 'leet-in-rot13' | 'rot13-in-leet';

/** What one pass over a text found. */
export interface WordScan {
  readonly matches: readonly { readonly pattern: InjectionPattern; readonly offset: number }[];
  /** Whether words were seen that are pattern words in rot13. */
  readonly rotated: boolean;
  /** The readings that make a pattern word of a word with digits in it. */
  readonly leet: readonly Reading[];
  /** Where words stand that are so long that they may be base64 or hex. */
  readonly runs: readonly number[];
  /** Whether there are many pairs of characters after each other that may be bytes in hex. */
  readonly pairs: boolean;
}

const DROP = 0;
const SEPARATOR = 1;
const STOP = 2;
const MARK = 3;
const FIRST_LETTER = 48;
const LONGEST_WORD = 18;
const LONG_RUN = 16;
const HEX_PAIRS = 12;
const SHORTEST_SPELLED = 3;
/** Start and multiplier of the FNV-1a hash. */
const EMPTY_HASH = -2_128_831_035;
const PRIME = 16_777_619;
/** How many words the end of a sentence counts for. */
const SENTENCE = 3;

const LEET = '4a@a8b3e6g9g1i!i|i0o5s$s7t+t2z';

const rotate = (word: string): string =>
  word.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 97 + 13) % 26) + 97));
const unleet = (word: string): string => word.replaceAll('l', 'i');

/** Character code → what it counts as: a letter or digit in the reading's form, or one of the four kinds above. */
function letterTable(reading: Reading): Uint8Array {
  const table = new Uint8Array(128).fill(SEPARATOR);
  for (let code = 48; code < 58; code++) table[code] = code;
  for (let code = 97; code < 123; code++) {
    table[code] = reading === 'rot13' || reading === 'leet-in-rot13' ? rotate(String.fromCharCode(code)).charCodeAt(0) : code;
    table[code - 32] = table[code] as number;
  }
  for (const mark of "*_'") table[mark.charCodeAt(0)] = DROP;
  for (const mark of '.!?;') table[mark.charCodeAt(0)] = STOP;
  for (const mark of ':<[#@') table[mark.charCodeAt(0)] = MARK;
  if (reading !== 'plain' && reading !== 'rot13') {
    for (let index = 0; index < LEET.length; index += 2) table[LEET.charCodeAt(index)] = LEET.charCodeAt(index + 1);
    for (let code = 0; code < 128; code++) if (table[code] === 108) table[code] = 105;
  }
  return table;
}

interface Step {
  /** The place of this step's state; the state before it is one lower. */
  readonly state: number;
  /** -1 for the first step of a sequence. */
  readonly gap: number;
  readonly last: InjectionPattern | undefined;
}

const stepsOfWord = new Map<string, Step[]>();
let states = 0;

function compile(): void {
  for (const pattern of INJECTION_PATTERNS) {
    for (const sequence of pattern.sequences) {
      const parts = sequence.split(' ');
      for (let part = 0; part < parts.length; part += 2) {
        const step: Step = {
          state: states++,
          gap: part === 0 ? -1 : Number(parts[part - 1]),
          last: part + 2 > parts.length ? pattern : undefined,
        };
        for (const word of INJECTION_WORDS[parts[part] as WordClass].split(' ')) {
          const steps = stepsOfWord.get(word) ?? [];
          steps.push(step);
          stepsOfWord.set(word, steps);
        }
      }
    }
  }
  // The later steps of a sequence first: one word must not be two steps at once.
  for (const steps of stepsOfWord.values()) steps.sort((a, b) => b.state - a.state);
}

/** An open-addressed table from the hash of a word to what it does; built for each reading when that is first needed. */
interface WordTable {
  readonly letters: Uint8Array;
  readonly slots: Uint16Array;
  readonly hashes: Int32Array;
  readonly steps: readonly (readonly Step[])[];
  readonly rotated: Uint8Array;
}

const SLOTS = 4_096;

function wordHash(word: string): number {
  let hash = EMPTY_HASH;
  for (let index = 0; index < word.length; index++) hash = Math.imul(hash ^ word.charCodeAt(index), PRIME);
  return hash;
}

function buildTable(reading: Reading): WordTable {
  if (stepsOfWord.size === 0) compile();
  const words = new Map<string, { steps: Step[]; rotated: number }>();
  const leet = reading !== 'plain' && reading !== 'rot13';
  for (const [word, steps] of stepsOfWord) {
    const base = reading === 'rot13-in-leet' ? rotate(word) : word;
    const key = leet ? unleet(base) : base;
    const known = words.get(key);
    words.set(key, { steps: [...(known?.steps ?? []), ...steps].sort((a, b) => b.state - a.state), rotated: 0 });
  }
  if (reading === 'plain') {
    for (const word of stepsOfWord.keys()) {
      const key = rotate(word);
      if (word.length >= 3 && !words.has(key)) words.set(key, { steps: [], rotated: word.length >= 5 ? 2 : 1 });
    }
  }
  const table = {
    letters: letterTable(reading),
    slots: new Uint16Array(SLOTS),
    hashes: new Int32Array(words.size + 1),
    steps: [[] as readonly Step[]],
    rotated: new Uint8Array(words.size + 1),
  };
  for (const [word, { steps, rotated }] of words) {
    const hash = wordHash(word);
    let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    while (table.slots[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
    const entry = table.steps.length;
    table.slots[slot] = entry;
    table.hashes[entry] = hash;
    table.rotated[entry] = rotated;
    table.steps.push(steps);
  }
  return table;
}

/** The number of a word's entry in a table; 0 for none. */
function entryOf(hash: number, slots: Uint16Array, hashes: Int32Array): number {
  let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  for (let entry = slots[slot] as number; entry !== 0; entry = slots[slot] as number) {
    if (hashes[entry] === hash) return entry;
    slot = (slot + 1) & (SLOTS - 1);
  }
  return 0;
}

const LEET_READINGS = ['leet', 'leet-in-rot13', 'rot13-in-leet'] as const satisfies readonly Reading[];
const tables = new Map<Reading, WordTable>();

function tableOf(reading: Reading): WordTable {
  let table = tables.get(reading);
  if (table === undefined) {
    table = buildTable(reading);
    tables.set(reading, table);
  }
  return table;
}

/**
 * Looks for the inbound patterns in one pass over the words of a text. The work for a word is bounded by the number of patterns that it
 * belongs to, so the time is linear whatever the text. `text` should be folded ({@link foldText}); other characters separate words.
 */
export function scanWords(text: string, reading: Reading): WordScan {
  return new Pass(text, tableOf(reading)).run();
}

class Pass {
  readonly #text: string;
  readonly #table: WordTable;
  readonly #matches = new Map<InjectionPattern, number>();
  /** For each state: the number of the word that reached it last, and where its sequence began. */
  readonly #reached = new Int32Array(states).fill(-1_000_000);
  readonly #began = new Int32Array(states);
  #word = 0;
  #rotated = 0;
  readonly #leet = new Set<Reading>();
  readonly #runs: number[] = [];
  #manyPairs = false;
  #pairs = 0;
  #spelledHash = EMPTY_HASH;
  #spelled = 0;
  #spelledFrom = 0;
  #spelledTo = 0;

  constructor(text: string, table: WordTable) {
    this.#text = text;
    this.#table = table;
  }

  run(): WordScan {
    const text = this.#text;
    const { letters } = this.#table;
    const length = text.length;
    let hash = EMPTY_HASH;
    let count = 0;
    let start = 0;
    let dropped = false;
    let digits = 0;
    for (let index = 0; index <= length; index++) {
      const code = index < length ? text.charCodeAt(index) : 32;
      const kind = code < 128 ? (letters[code] as number) : SEPARATOR;
      if (kind >= FIRST_LETTER) {
        if (count === 0) start = index;
        hash = Math.imul(hash ^ kind, PRIME);
        count++;
        if (code < 58) digits++;
        continue;
      }
      if (kind === DROP) {
        dropped ||= count > 0;
        continue;
      }
      if (count > 0) {
        this.#endWord(hash, count, start, digits);
        if (dropped) this.#parts(start, index);
        hash = EMPTY_HASH;
        count = 0;
        digits = 0;
        dropped = false;
      }
      if (kind === MARK) this.#lookUp(Math.imul(EMPTY_HASH ^ code, PRIME), index);
      else if (kind === STOP && (index + 1 >= length || text.charCodeAt(index + 1) <= 32)) this.#word += SENTENCE;
    }
    this.#endSpelling();
    const matches = [...this.#matches].map(([pattern, offset]) => ({ pattern, offset }));
    return { matches, rotated: this.#rotated > 1, leet: [...this.#leet], runs: this.#runs, pairs: this.#manyPairs };
  }

  #endWord(hash: number, count: number, start: number, digits: number): void {
    if (count === 1) this.#spell(start);
    else if (this.#spelled > 0) this.#endSpelling();
    this.#word++;
    if (count >= LONG_RUN) this.#runs.push(start);
    if (count !== 2 && count !== 4) this.#pairs = 0;
    else if (++this.#pairs === HEX_PAIRS) this.#manyPairs = true;
    if (count > LONGEST_WORD) return;
    if (digits > 0 && digits < count && count > 2) this.#readLeet(start, count);
    this.#lookUp(hash, start);
  }

  /** Takes a letter that stands alone as part of a word that is spelled out, `i g n o r e`; a wider gap ends the word. */
  #spell(start: number): void {
    if (start - this.#spelledTo > 2) this.#endSpelling();
    if (this.#spelled === 0) this.#spelledFrom = start;
    this.#spelledHash = Math.imul(this.#spelledHash ^ (this.#table.letters[this.#text.charCodeAt(start)] ?? 0), PRIME);
    this.#spelled++;
    this.#spelledTo = start;
  }

  #endSpelling(): void {
    if (this.#spelled >= SHORTEST_SPELLED) {
      this.#word -= this.#spelled - 1;
      this.#lookUp(this.#spelledHash, this.#spelledFrom);
    }
    this.#spelledHash = EMPTY_HASH;
    this.#spelled = 0;
  }

  #lookUp(hash: number, start: number): void {
    const { slots, hashes, steps, rotated } = this.#table;
    const entry = entryOf(hash, slots, hashes);
    if (entry === 0) return;
    this.#rotated += rotated[entry] as number;
    for (const step of steps[entry] as readonly Step[]) this.#take(step, start);
  }

  #take(step: Step, start: number): void {
    const { state, gap, last } = step;
    let began = start;
    if (gap >= 0) {
      if (this.#word - (this.#reached[state - 1] as number) > gap + 1) return;
      began = this.#began[state - 1] as number;
    }
    this.#reached[state] = this.#word;
    this.#began[state] = began;
    if (last !== undefined && !this.#matches.has(last)) this.#matches.set(last, began);
  }

  /** Notes the readings in which a word of letters and digits is a pattern word. */
  #readLeet(start: number, count: number): void {
    if (this.#leet.size === LEET_READINGS.length) return;
    for (const reading of LEET_READINGS) {
      const { letters, slots, hashes, steps } = tableOf(reading);
      let hash = EMPTY_HASH;
      for (let index = start, left = count; left > 0 && index < this.#text.length; index++) {
        const kind = letters[this.#text.charCodeAt(index)] ?? SEPARATOR;
        if (kind < FIRST_LETTER) continue;
        hash = Math.imul(hash ^ kind, PRIME);
        left--;
      }
      const entry = entryOf(hash, slots, hashes);
      if (entry > 0 && (steps[entry]?.length ?? 0) > 0) this.#leet.add(reading);
    }
  }

  /** A word that holds `_` or `*` was taken as one; here its parts are taken as words of their own. */
  #parts(start: number, end: number): void {
    const { letters } = this.#table;
    const word = this.#word;
    let hash = EMPTY_HASH;
    let count = 0;
    let from = start;
    for (let index = start; index <= end; index++) {
      const code = index < end ? this.#text.charCodeAt(index) : 32;
      const kind = code < 128 ? (letters[code] as number) : SEPARATOR;
      if (kind >= FIRST_LETTER) {
        if (count === 0) from = index;
        hash = Math.imul(hash ^ kind, PRIME);
        count++;
      } else if (count > 0) {
        if (count <= LONGEST_WORD) this.#lookUp(hash, from);
        this.#word++;
        hash = EMPTY_HASH;
        count = 0;
      }
    }
    // For what follows it was one word, so that marks inside words do not push the others apart.
    this.#word = word;
  }
}

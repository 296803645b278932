/** A source of numbers from 0 to below 1 that is the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Node =
  | { readonly kind: 'set'; readonly characters: readonly string[]; readonly anyCase: boolean }
  | { readonly kind: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly kind: 'choice'; readonly nodes: readonly Node[] }
  | { readonly kind: 'repeat'; readonly node: Node; readonly least: number; readonly most: number };

const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
const SHORTHANDS: Readonly<Record<string, readonly string[]>> = {
  d: PRINTABLE.filter((character) => /\d/.test(character)),
  w: PRINTABLE.filter((character) => /\w/.test(character)),
  s: [' ', '\t', '\n'],
  S: PRINTABLE.filter((character) => /[\w+/=-]/.test(character)),
  n: ['\n'],
  r: ['\r'],
  t: ['\t'],
};
/** How often something unbounded is repeated at most beyond its least. */
const UNBOUNDED = 12;

/** Reads the part of the pattern language that lists of rules use. */
class PatternReader {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  choice(anyCase: boolean): Node {
    const nodes = [this.#sequence(anyCase)];
    while (this.#pattern[this.#at] === '|') {
      this.#at++;
      nodes.push(this.#sequence(anyCase));
    }
    return nodes.length === 1 ? (nodes[0] as Node) : { kind: 'choice', nodes };
  }

  #sequence(anyCase: boolean): Node {
    const nodes: Node[] = [];
    while (this.#at < this.#pattern.length && !'|)'.includes(this.#pattern[this.#at] as string)) nodes.push(this.#repeated(anyCase));
    return { kind: 'sequence', nodes };
  }

  #repeated(anyCase: boolean): Node {
    const node = this.#atom(anyCase);
    const found = /^(?:\?|\*|\+|\{(\d+)(?:,(\d*))?\})\??/.exec(this.#pattern.slice(this.#at));
    if (found === null) return node;
    this.#at += found[0].length;
    const [whole, exact, limit] = found;
    if (whole.startsWith('?')) return { kind: 'repeat', node, least: 0, most: 1 };
    const least = exact === undefined ? (whole.startsWith('+') ? 1 : 0) : Number(exact);
    const most = exact === undefined || limit === '' ? least + UNBOUNDED : limit === undefined ? least : Number(limit);
    return { kind: 'repeat', node, least, most: Math.min(most, least + 60) };
  }

  #atom(anyCase: boolean): Node {
    const character = this.#pattern[this.#at] as string;
    if (character === '(') {
      const [open = '(', flags] = /^\((?:\?(-?[is])?:)?/.exec(this.#pattern.slice(this.#at)) ?? [];
      this.#at += open.length;
      const node = this.choice(flags === 'i' ? true : flags === '-i' ? false : anyCase);
      this.#at++;
      return node;
    }
    if (character === '[') return { kind: 'set', characters: this.#set(), anyCase };
    if (character === '\\') return { kind: 'set', characters: this.#escaped(), anyCase };
    this.#at++;
    if (character === '^' || character === '$') return { kind: 'sequence', nodes: [] };
    return { kind: 'set', characters: [character], anyCase };
  }

  #escaped(): readonly string[] {
    const name = this.#pattern[this.#at + 1] as string;
    this.#at += 2;
    if (name === 'b' || name === 'B') return [''];
    if (name === 'x') {
      this.#at += 2;
      return [String.fromCharCode(Number.parseInt(this.#pattern.slice(this.#at - 2, this.#at), 16))];
    }
    return SHORTHANDS[name] ?? [name];
  }

  #set(): readonly string[] {
    this.#at++;
    const negated = this.#pattern[this.#at] === '^';
    if (negated) this.#at++;
    const characters: string[] = [];
    while (this.#pattern[this.#at] !== ']') {
      const member = this.#pattern[this.#at] === '\\' ? this.#escaped() : [this.#pattern[this.#at++] as string];
      if (this.#pattern[this.#at] === '-' && this.#pattern[this.#at + 1] !== ']' && member.length === 1) {
        this.#at++;
        const last = this.#pattern[this.#at++] as string;
        for (let code = (member[0] as string).charCodeAt(0); code <= last.charCodeAt(0); code++) characters.push(String.fromCharCode(code));
      } else characters.push(...member);
    }
    this.#at++;
    return negated ? PRINTABLE.filter((character) => /[\w-]/.test(character) && !characters.includes(character)) : characters;
  }
}

/** Makes random texts that a pattern matches; a dot stands for itself (look-arounds and back references are not known to it). */
export function patternSampler(pattern: string, random: () => number): () => string {
  const tree = new PatternReader(pattern).choice(false);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const sample = (node: Node): string => {
    switch (node.kind) {
      case 'set': {
        const character = pick(node.characters);
        return node.anyCase && random() < 0.3 ? (random() < 0.5 ? character.toUpperCase() : character.toLowerCase()) : character;
      }
      case 'sequence':
        return node.nodes.map(sample).join('');
      case 'choice':
        return sample(pick(node.nodes));
      case 'repeat': {
        const times = node.least + Math.floor(random() * (node.most - node.least + 1));
        return Array.from({ length: times }, () => sample(node.node)).join('');
      }
    }
  };
  return () => sample(tree);
}

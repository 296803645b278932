import type { CodePoints } from './code-points.js';
import type { PatternTree } from './pattern-tree.js';
import type { StepBudget } from './step-budget.js';

/** A pattern as an automaton without empty steps (Glushkov's): each state but the first has consumed one character of a set. */
export interface PatternAutomaton {
  /** By state; nothing for the first. */
  readonly sets: readonly CodePoints[];
  /** By state: the states that may come next, each as often as there are ways to it. */
  readonly next: readonly (readonly number[])[];
  /** The bodies of looks ahead and behind, which are automatons of their own. */
  readonly looks: readonly PatternTree[];
}

interface Piece {
  readonly first: readonly number[];
  readonly last: readonly number[];
  /** Whether it can match nothing. */
  readonly empty: boolean;
}

/** Repetitions up to so many are written out; more are taken for endless, which only makes the check stricter. */
const MAX_COPIES = 8;
/** A fixed row of characters is written out up to this length. */
const MAX_ROW = 64;

/** Builds the automaton of a pattern; every state and every way takes a step of the budget. */
export function patternAutomaton(tree: PatternTree, budget: StepBudget): PatternAutomaton {
  const builder = new Builder(budget);
  builder.build(tree);
  return builder.automaton;
}

class Builder {
  readonly #sets: CodePoints[] = [[]];
  readonly #next: number[][] = [[]];
  readonly #looks: PatternTree[] = [];
  readonly #budget: StepBudget;

  constructor(budget: StepBudget) {
    this.#budget = budget;
  }

  get automaton(): PatternAutomaton {
    return { sets: this.#sets, next: this.#next, looks: this.#looks };
  }

  build(tree: PatternTree): void {
    this.#connect([0], this.#piece(tree).first);
  }

  #piece(tree: PatternTree): Piece {
    this.#budget.take();
    switch (tree.kind) {
      case 'character': {
        const state = this.#sets.push(tree.set) - 1;
        this.#next.push([]);
        return { first: [state], last: [state], empty: false };
      }
      case 'sequence':
        return this.#sequence(tree.parts);
      case 'choice': {
        const pieces = tree.branches.map((branch) => this.#piece(branch));
        return {
          first: pieces.flatMap(({ first }) => first),
          last: pieces.flatMap(({ last }) => last),
          empty: pieces.some(({ empty }) => empty),
        };
      }
      case 'repeat':
        return this.#repeat(tree);
      case 'look':
        this.#looks.push(tree.body);
        return NOTHING;
    }
  }

  #sequence(parts: readonly PatternTree[]): Piece {
    return parts.reduce<Piece>((before, part) => this.#joined(before, this.#piece(part)), NOTHING);
  }

  #joined(before: Piece, after: Piece): Piece {
    this.#connect(before.last, after.first);
    this.#budget.take(before.first.length + after.last.length + before.last.length + after.first.length);
    return {
      first: before.empty ? [...before.first, ...after.first] : before.first,
      last: after.empty ? [...before.last, ...after.last] : after.last,
      empty: before.empty && after.empty,
    };
  }

  #repeat({ body, least, most }: Extract<PatternTree, { kind: 'repeat' }>): Piece {
    if (most === 0) return NOTHING;
    if (most === 1) return { ...this.#piece(body), empty: true };
    const row = rowLength(body);
    if (most <= MAX_COPIES || (row !== undefined && least === most && row * most <= MAX_ROW)) return this.#copies(body, least, most);
    const piece = this.#piece(body);
    this.#connect(piece.last, piece.first);
    return { ...piece, empty: piece.empty || least === 0 };
  }

  /** `x{2,4}` as `xx(x(x)?)?`. */
  #copies(body: PatternTree, least: number, most: number): Piece {
    let optional: Piece = NOTHING;
    for (let count = least; count < most; count += 1) optional = { ...this.#joined(this.#piece(body), optional), empty: true };
    let fixed: Piece = NOTHING;
    for (let count = 0; count < least; count += 1) fixed = this.#joined(fixed, this.#piece(body));
    return this.#joined(fixed, optional);
  }

  #connect(from: readonly number[], to: readonly number[]): void {
    this.#budget.take(from.length * to.length);
    for (const state of from) this.#next[state]?.push(...to);
  }
}

const NOTHING: Piece = { first: [], last: [], empty: true };

/** How many characters a tree matches, if it is a row without any choice. */
function rowLength(tree: PatternTree): number | undefined {
  if (tree.kind === 'character') return 1;
  if (tree.kind === 'look') return 0;
  if (tree.kind === 'repeat') {
    const body = tree.least === tree.most ? rowLength(tree.body) : undefined;
    return body === undefined ? undefined : body * tree.most;
  }
  if (tree.kind === 'choice') return undefined;
  let length = 0;
  for (const part of tree.parts) {
    const one = rowLength(part);
    if (one === undefined) return undefined;
    length += one;
  }
  return length;
}

import { overlap } from './code-points.js';
import type { PatternAutomaton } from './pattern-automaton.js';
import type { StepBudget } from './step-budget.js';

/** How many places of a pattern may lie on loops and leave open which way was taken: each multiplies the time by the length of the text. */
const MAX_ON_LOOPS = 4;
/** How many other places may: each doubles the time. */
const MAX_ELSEWHERE = 16;

/**
 * Whether trying a pattern may take a time that grows beyond a small power of the text's length. That is so where one text can be matched in
 * two ways from a state back to the same state (exponential ambiguity: Weber and Seidl 1991), or where ways part and meet again too often.
 * Two copies of the automaton read the same text; what they can reach together, and from where they can be in one state again, says it.
 */
export function growsTooFast(automaton: PatternAutomaton, budget: StepBudget): boolean {
  const pairs = new Pairs(automaton, budget);
  const parting = pairs.partings();
  if (parting.length === 0) return false;
  const loops = statesOnLoops(automaton.next, budget);
  let [onLoops, elsewhere] = [0, 0];
  for (const state of parting) {
    if (pairs.returns(state)) return true;
    if (loops.has(state)) onLoops += 1;
    else elsewhere += 1;
  }
  return onLoops > MAX_ON_LOOPS || elsewhere > MAX_ELSEWHERE;
}

/** The pairs of states that two copies reach on one text from the same state. */
class Pairs {
  readonly #automaton: PatternAutomaton;
  readonly #budget: StepBudget;
  readonly #size: number;
  /** By pair of different states: the pairs that come next. Pairs are numbers; the smaller state first. */
  readonly #after = new Map<number, readonly number[]>();
  readonly #before = new Map<number, number[]>();

  constructor(automaton: PatternAutomaton, budget: StepBudget) {
    this.#automaton = automaton;
    this.#budget = budget;
    this.#size = automaton.sets.length;
    const left: number[] = [];
    for (let state = 0; state < this.#size; state += 1) this.#visit(this.#pair(state, state), left);
    for (let pair = left.pop(); pair !== undefined; pair = left.pop()) this.#visit(pair, left);
  }

  /** The states from which two ways part that meet again. */
  partings(): readonly number[] {
    const meeting = this.#meeting();
    const found: number[] = [];
    for (let state = 0; state < this.#size; state += 1) {
      const isParting = this.#isDoubled(state) || this.#apartAfter(state).some((pair) => meeting.has(pair));
      if (isParting) found.push(state);
    }
    return found;
  }

  /** Whether two ways from a state lead on one text back to it. */
  returns(state: number): boolean {
    const home = this.#pair(state, state);
    const begin = [...this.#apartAfter(state), ...this.#doubled(state).map((one) => this.#pair(one, one))];
    const seen = new Set(begin);
    const left = [...begin];
    for (let pair = left.pop(); pair !== undefined; pair = left.pop()) {
      if (pair === home) return true;
      for (const next of this.#after.get(pair) ?? []) {
        this.#budget.take();
        if (!seen.has(next)) {
          seen.add(next);
          left.push(next);
        }
      }
    }
    return false;
  }

  #visit(pair: number, left: number[]): void {
    if (this.#after.has(pair)) return;
    const [one, other] = [Math.floor(pair / this.#size), pair % this.#size];
    const next = new Set<number>();
    for (const first of new Set(this.#automaton.next[one])) {
      for (const second of new Set(this.#automaton.next[other])) {
        this.#budget.take();
        if (one === other && second < first) continue;
        if (first !== second && !overlap(this.#automaton.sets[first] ?? [], this.#automaton.sets[second] ?? [])) continue;
        next.add(this.#pair(first, second));
      }
    }
    this.#after.set(pair, [...next]);
    for (const found of next) {
      const before = this.#before.get(found);
      if (before === undefined) this.#before.set(found, [pair]);
      else before.push(pair);
      if (!this.#after.has(found)) left.push(found);
    }
  }

  /** The pairs of different states from which two copies can be in one state again. */
  #meeting(): ReadonlySet<number> {
    const seen = new Set<number>();
    const left: number[] = [];
    for (let state = 0; state < this.#size; state += 1) left.push(this.#pair(state, state));
    for (let pair = left.pop(); pair !== undefined; pair = left.pop()) {
      for (const before of this.#before.get(pair) ?? []) {
        this.#budget.take();
        if (seen.has(before) || this.#isSame(before)) continue;
        seen.add(before);
        left.push(before);
      }
    }
    return seen;
  }

  #apartAfter(state: number): readonly number[] {
    return (this.#after.get(this.#pair(state, state)) ?? []).filter((pair) => !this.#isSame(pair));
  }

  /** The states to which there is more than one way from a state. */
  #doubled(state: number): readonly number[] {
    const next = this.#automaton.next[state] ?? [];
    if (new Set(next).size === next.length) return [];
    const seen = new Set<number>();
    return next.filter((one) => seen.has(one) || !seen.add(one));
  }

  #isDoubled(state: number): boolean {
    return this.#doubled(state).length > 0;
  }

  #isSame(pair: number): boolean {
    return Math.floor(pair / this.#size) === pair % this.#size;
  }

  #pair(one: number, other: number): number {
    return one < other ? one * this.#size + other : other * this.#size + one;
  }
}

/** The states from which a way leads back to them. */
function statesOnLoops(next: readonly (readonly number[])[], budget: StepBudget): ReadonlySet<number> {
  const found = new Set<number>();
  for (let state = 0; state < next.length; state += 1) {
    const seen = new Set<number>();
    const left = [...(next[state] ?? [])];
    for (let one = left.pop(); one !== undefined; one = left.pop()) {
      budget.take();
      if (one === state) {
        found.add(state);
        break;
      }
      if (seen.has(one)) continue;
      seen.add(one);
      left.push(...(next[one] ?? []));
    }
  }
  return found;
}

import { patternAutomaton } from './pattern-automaton.js';
import { growsTooFast } from './pattern-growth.js';
import { type PatternTree, parsePattern, UnboundedPattern } from './pattern-tree.js';
import { StepBudget, StepsUsedUp } from './step-budget.js';

const MAX_PATTERN_CHARACTERS = 1_000;
const MAX_LOOKS = 8;
/** For all patterns of one schema together; ordinary ones take a hundred to a thousand each. */
const MAX_STEPS = 100_000;

/** Looks whether the patterns of one schema can be tried on any text within a bearable time. What this costs is bounded as well. */
export class PatternCheck {
  readonly #budget: StepBudget;
  readonly #known = new Map<string, string | undefined>();

  /** `whole`: a budget for the patterns of several schemas. */
  constructor(whole?: StepBudget) {
    this.#budget = new StepBudget(MAX_STEPS, whole);
  }

  /** What is wrong with a pattern, behind its place. */
  fault(pattern: string): string | undefined {
    if (this.#known.has(pattern)) return this.#known.get(pattern);
    const fault = this.#look(pattern);
    this.#known.set(pattern, fault);
    return fault;
  }

  #look(pattern: string): string | undefined {
    if (pattern.length > MAX_PATTERN_CHARACTERS) return `has a pattern of more than ${MAX_PATTERN_CHARACTERS} characters`;
    if (!isPattern(pattern)) return 'has a pattern that is no regular expression';
    try {
      return this.#grows(parsePattern(pattern)) ? 'has a pattern that could take for ever' : undefined;
    } catch (error) {
      if (error instanceof UnboundedPattern) return `has a pattern that ${error.sentence}`;
      if (error instanceof StepsUsedUp) return 'has patterns that are too complicated to be sure of';
      throw error;
    }
  }

  /** What is looked ahead or behind for is tried by itself. */
  #grows(tree: PatternTree): boolean {
    const left = [tree];
    for (let looked = 0; left.length > 0; looked += 1) {
      if (looked > MAX_LOOKS) return true;
      const automaton = patternAutomaton(left.pop() as PatternTree, this.#budget);
      if (growsTooFast(automaton, this.#budget)) return true;
      left.push(...automaton.looks);
    }
    return false;
  }
}

/** Whether a text is a regular expression in Unicode mode, as JSON Schema has it. */
export function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}

import type { SecretDetector, SecretRange } from '../../ports/secret-detector.js';
import { KeywordIndex } from './keyword-index.js';
import { SecretRule } from './secret-rule.js';
import { SECRET_RULES } from './secret-rules.js';

interface Table {
  readonly index: KeywordIndex;
  /** The rules of each keyword. */
  readonly rules: readonly (readonly SecretRule[])[];
}

let table: Table | undefined;

/** The rules by keyword, read from the generated table when a text is first looked at. */
function tableOfRules(): Table {
  if (table === undefined) {
    const byKeyword = new Map<string, SecretRule[]>();
    for (const rule of SECRET_RULES.map((line) => new SecretRule(line))) {
      for (const keyword of rule.keywords) byKeyword.set(keyword, [...(byKeyword.get(keyword) ?? []), rule]);
    }
    table = { index: new KeywordIndex([...byKeyword.keys()]), rules: [...byKeyword.values()] };
  }
  return table;
}

/** Finds secrets by the rules of gitleaks: a keyword first, then the pattern of its rules at that place. */
export class PatternSecretDetector implements SecretDetector {
  find(text: string): readonly SecretRange[] {
    const { index, rules } = tableOfRules();
    const lower = lowerCase(text);
    const found: SecretRange[] = [];
    /** Rules that look at a whole text: once is enough. */
    const done = new Set<SecretRule>();
    const take = (rule: SecretRule, from: number): number | undefined => {
      const match = rule.match(text, lower, from);
      if (match !== undefined) found.push({ start: match.start, end: match.end, rule: rule.id });
      return match?.next;
    };
    index.visit(lower, (keyword, offset) => {
      for (const rule of rules[keyword] as readonly SecretRule[]) {
        if (rule.anchored) take(rule, offset);
        else if (!done.has(rule)) {
          done.add(rule);
          for (let from = take(rule, 0); from !== undefined; from = take(rule, from));
        }
      }
    });
    return withoutOverlaps(found);
  }
}

/** Lower case of the same length, so that offsets hold. */
function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function withoutOverlaps(ranges: readonly SecretRange[]): readonly SecretRange[] {
  const result: SecretRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last === undefined || range.start >= last.end) result.push(range);
    else if (range.end > last.end) result[result.length - 1] = { ...last, end: range.end };
  }
  return result;
}

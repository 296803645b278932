import { expect } from 'chai';
import fc from 'fast-check';
import { overlap } from '../../../../src/core/domain/code-points.js';
import { PatternCheck } from '../../../../src/core/domain/pattern-check.js';
import { type PatternTree, parsePattern } from '../../../../src/core/domain/pattern-tree.js';
import { StepBudget } from '../../../../src/core/domain/step-budget.js';

const STEPS = 100_000;

/** Patterns as real servers have them: written by hand, or made by schema libraries. */
const ORDINARY: Readonly<Record<string, string>> = {
  slug: '^[a-z0-9-]+$',
  date: String.raw`^\d{4}-\d{2}-\d{2}$`,
  scheme: '^https?://',
  uuid: '^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000)$',
  mail: String.raw`^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$`,
  'mail by a library': String.raw`^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$`,
  'host name': '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$',
  'IP address': String.raw`^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]|[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]|[0-9])$`,
  'IP address, short': String.raw`^((25[0-5]|(2[0-4]|1\d|[1-9]|)\d)\.?\b){4}$`,
  version: String.raw`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$`,
  base64: '^$|^(?:[0-9a-zA-Z+/]{4})*(?:(?:[0-9a-zA-Z+/]{2}==)|(?:[0-9a-zA-Z+/]{3}=))?$',
  url: String.raw`^https?:\/\/(www\.)?[-a-zA-Z0-9@:%._\+~#=]{1,256}\.[a-zA-Z0-9()]{1,6}\b([-a-zA-Z0-9()@:%_\+.~#?&\/\/=]*)$`,
  duration: String.raw`^P(?:(\d+W)|(?!.*W)(?=\d|T\d)(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+([.,]\d+)?S)?)?)$`,
  hex: '^(?:[0-9a-f]{2})*$',
  words: '^.*foo.*bar.*$',
  trimmed: String.raw`^\s*\S.*\S\s*$`,
  letters: String.raw`^[\p{L}\p{N} ]+$`,
  number: String.raw`^-?\d+(\.\d+)?([eE][+-]?\d+)?$`,
  list: '^(([a-z]+),)*[a-z]+$',
  path: '^(/[^/]+)+/?$',
  'one of two': '^(owner|repository)$',
  escapes: String.raw`^[\x41-\u{1F600}\uD83D\uDE00\t\cA\0\b\]-]\/\u0041$`,
};

/** Patterns that take a time that grows too fast. */
const EXPLODING: readonly string[] = [
  '^(a+)+$',
  '^(a*)*$',
  '^(a|a)*$',
  '^(a|aa)+$',
  '^(a|b|ab)*c$',
  '^(.*,)*x',
  String.raw`^(\w+\s?)*$`,
  '^([a-z]+-?)+$',
  '^(a?b?)*$',
  '(x+x+)+y',
  '^(?=(a+)+$)b',
  '^(?!(a|a)*$)b',
  '^(?<=(a+)+)$',
  '^(a+){10}$',
  '^.*.*.*.*.*.*x$',
  '^((a|a){8}){8}$',
  `^${'a?'.repeat(28)}${'a'.repeat(28)}$`,
  `^${'(a|a)'.repeat(100)}$`,
  String.raw`^(\p{L}|\p{N})+$`,
  String.raw`(?:\s|\n)+$`,
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  String.raw`^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+$`,
  String.raw`^[\u{61}-\u{63}]+([abc]\x61*)*$`,
];

describe('the check of patterns', () => {
  for (const [name, pattern] of Object.entries(ORDINARY)) {
    it(`takes an ordinary pattern: ${name}`, () => {
      expect(new PatternCheck().fault(pattern)).to.equal(undefined);
    });
  }

  for (const pattern of EXPLODING) {
    it(`refuses ${pattern.slice(0, 60)}`, () => {
      expect(new PatternCheck().fault(pattern)).to.match(/could take for ever|too complicated/);
    });
  }

  it('refuses references back, flags within, what is no pattern and what is too long', () => {
    const fault = (pattern: string): string | undefined => new PatternCheck().fault(pattern);
    expect(fault(String.raw`^(\d+)\1$`)).to.contain('refers back');
    expect(fault(String.raw`(?<n>a)\k<n>`)).to.contain('refers back');
    expect(fault('(?i:a)')).to.contain('flags');
    expect(fault('(?P<name>a)')).to.contain('no regular expression');
    expect(fault('a'.repeat(1_001))).to.contain('1000 characters');
    expect(fault('(?=a)'.repeat(9))).to.contain('for ever');
  });

  it('takes no more than its steps for all patterns of a schema together, whatever they are', () => {
    const hostile = [
      'a?'.repeat(500),
      '(a|a)'.repeat(200),
      `${'('.repeat(300)}a${')*'.repeat(300)}`,
      `(${'a|'.repeat(400)}a)*`,
      '(a{8}){8}'.repeat(100),
      '[a-z]{8}'.repeat(120),
      '(?=.*a)'.repeat(140),
      String.raw`\p{L}*`.repeat(160),
    ];
    const budget = new StepBudget(STEPS);
    const check = new PatternCheck(budget);
    for (const pattern of hostile) expect(check.fault(pattern), pattern.slice(0, 40)).to.be.a('string');
    expect(check.fault('^[a-z]+$')).to.contain('too complicated');
    // The last step that was one too many may have been a wide one, but never one of a power of the length.
    expect(budget.left).to.be.greaterThan(-1_100_000);
    expect(new PatternCheck(budget).fault('^b+$')).to.contain('too complicated');
  });

  it('looks at the same pattern once', () => {
    const budget = new StepBudget(STEPS);
    const check = new PatternCheck(budget);
    check.fault('^[a-z]+$');
    const { left } = budget;
    for (let count = 0; count < 100; count += 1) check.fault('^[a-z]+$');
    expect(budget.left).to.equal(left);
  });

  it('never throws, and takes no pattern on which a matcher needs more than a small power of the text', () => {
    const leaf = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', String.raw`\w`, 'ab');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.tuple(tie('tree'), tie('tree')).map((parts) => parts.join('')),
        fc.tuple(tie('tree'), tie('tree')).map(([left, right]) => `(?:${left}|${right})`),
        fc.tuple(tie('tree'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{2,}')).map(([body, sign]) => `(?:${body})${sign}`),
      ),
    }));
    let taken = 0;
    fc.assert(
      fc.property(tree as fc.Arbitrary<string>, fc.constantFrom('aaaa', 'abab', 'aaab', 'abbb'), (pattern, word) => {
        if (new PatternCheck().fault(pattern) !== undefined) return;
        taken += 1;
        const parsed = parsePattern(pattern);
        const short = matcherSteps(parsed, `${word.repeat(4)}!`, 1_000_000);
        // A power of 8 at most; a matcher that tries all of 2^n ways needs 65,536 times as many steps.
        expect(matcherSteps(parsed, `${word.repeat(8)}!`, short * 256 + 1)).to.be.at.most(short * 256);
      }),
      { numRuns: 1_000 },
    );
    expect(taken).to.be.greaterThan(100);
  });
});

/** How many steps a matcher takes that tries one way after the other; it ends after `most` of them. */
function matcherSteps(tree: PatternTree, text: string, most: number): number {
  let steps = 0;
  const match = (node: PatternTree, at: number, then: (at: number) => boolean): boolean => {
    steps += 1;
    if (steps >= most) return true;
    switch (node.kind) {
      case 'character':
        return at < text.length && overlap(node.set, [[text.charCodeAt(at), text.charCodeAt(at)]]) && then(at + 1);
      case 'look':
        return then(at);
      case 'choice':
        return node.branches.some((branch) => match(branch, at, then));
      case 'sequence': {
        const from = (index: number, now: number): boolean => {
          const part = node.parts[index];
          return part === undefined ? then(now) : match(part, now, (next) => from(index + 1, next));
        };
        return from(0, at);
      }
      case 'repeat': {
        const again = (count: number, now: number): boolean =>
          (count < node.most && match(node.body, now, (next) => (next > now || count < node.least) && again(count + 1, next))) ||
          (count >= node.least && then(now));
        return again(0, at);
      }
    }
  };
  match(tree, 0, (at) => at === text.length);
  return steps;
}

import { expect } from 'chai';
import fc from 'fast-check';
import { createPaint } from '../../../src/adapters/support/terminal/paint.js';
import { MarkdownStream } from '../../../src/frontends/terminal/markdown-stream.js';

interface Looks {
  readonly columns?: number;
  readonly color?: boolean;
  readonly suspicious?: (markup: string) => boolean;
}

/** What is written for each piece, and at last for the end. */
function written(pieces: readonly string[], looks: Looks = {}): readonly string[] {
  let output = '';
  const stream = new MarkdownStream({
    write: (text) => {
      output += text;
    },
    columns: () => looks.columns ?? 40,
    paint: createPaint(looks.color ?? false),
    ...(looks.suspicious === undefined ? {} : { suspicious: looks.suspicious }),
  });
  const all: string[] = [];
  const take = (): void => {
    all.push(output);
    output = '';
  };
  for (const piece of pieces) {
    stream.push(piece);
    take();
  }
  stream.end();
  take();
  return all;
}

const rendered = (markdown: string, looks: Looks = {}): string => written([markdown], looks).join('');

describe('markdown stream', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['wraps paragraphs at words', 'one two three four five six seven eight nine', 'one two three four five six seven eight\nnine\n'],
    ['joins the lines of a paragraph', 'one\ntwo\n\nthree', 'one two\n\nthree\n'],
    ['keeps hard breaks', 'one  \ntwo\\\nthree', 'one\ntwo\nthree\n'],
    ['takes emphasis away without colours', 'a **b *c* d** _e_ `f`', 'a b c d e `f`\n'],
    ['leaves what is no markup', '5 * 3 = 15, snake_case_name, a_b, 2 ** 3, *o', '5 * 3 = 15, snake_case_name, a_b, 2 **\n3, *o\n'],
    ['knows escapes', '\\*not\\* \\a', '*not* \\a\n'],
    ['shows links with their address', '[text](http://e.org/a) http://e.org/b', 'text (http://e.org/a) http://e.org/b\n'],
    ['shows images as text', 'see ![a pic](http://e.org/p.png)!', 'see [image: a pic] (http://e.org/p.png)!\n'],
    ['renders inline markup inside list items', '* item *two* **b** `d`\n- **x** y', '• item two b `d`\n• x y\n'],
    ['nests lists', '- a\n  - b\n    - c\n- d\n1. e\n   - f\n  - g', '• a\n  • b\n    • c\n• d\n1. e\n   • f\n   • g\n'],
    ['indents what belongs to an item', '- a\n  b\n\n  c\n\n      code\n\nd', '• a b\n\n  c\n\n  code\n\nd\n'],
    [
      'wraps items under their text',
      '10. one two three four five six seven eight nine',
      '10. one two three four five six seven\n    eight nine\n',
    ],
    ['shows headings', '# Title ##\ntext\n## Sub', 'Title\ntext\n\nSub\n'],
    ['underlines a heading', 'Title\n=====\n', `Title\n${'─'.repeat(40)}\n`],
    ['draws rules', 'a\n\n---\n* * *\n', `a\n\n${'─'.repeat(40)}\n${'─'.repeat(40)}\n`],
    ['keeps code as it is', '```js\nconst a = 1;\n\n  *b*\n```\nc', '```js\nconst a = 1;\n\n  *b*\n```\nc\n'],
    ['ends code with the answer', '~~~\na\n', '~~~\na\n'],
    ['bars quotes', '> a\n> b\n>\n> - c\nd\n\ne', '│ a b\n│\n│ • c d\n\ne\n'],
    ['draws tables', '| a | b |\n|---|--:|\n| **x** | 1 |\nend', '┌───┬───┐\n│ a │ b │\n├───┼───┤\n│ x │ 1 │\n└───┴───┘\nend\n'],
    ['shows what only looks like a table', '| not | a table\n\nend', '| not | a table\n\nend\n'],
    ['shows numbers and signs at the start of a line', '2024 was\n\n+1\n\n#tag\n\n-5', '2024 was\n\n+1\n\n#tag\n\n-5\n'],
    ['breaks rows in scripts without spaces', '漢'.repeat(25), `${'漢'.repeat(20)}\n${'漢'.repeat(5)}\n`],
    ['shows HTML as text', '<b>bold</b>\n<!-- x -->', '<b>bold</b> <!-- x -->\n'],
  ];
  for (const [name, markdown, expected] of cases) it(name, () => expect(rendered(markdown)).to.equal(expected));

  it('paints words, not the spaces between them, and nothing twice', () => {
    expect(rendered('a **b c**', { color: true })).to.equal('a \x1b[1mb\x1b[22m \x1b[1mc\x1b[22m\n');
  });

  it('prints links and images that carry data as they were written', () => {
    const looks = { suspicious: (markup: string) => markup.includes('secret') };
    expect(rendered('![x](http://e.org/?secret=1) [y](http://e.org/secret) [z](http://e.org/)', { ...looks, columns: 100 })).to.equal(
      '![x](http://e.org/?secret=1) [y](http://e.org/secret) z (http://e.org/)\n',
    );
  });

  it('sends the first character at once, and text as it comes', () => {
    expect(written(['H', 'ello wor', 'ld and', ' more'])).to.deep.equal(['H', 'ello', ' world', ' and', ' more\n']);
    expect(written(['- f', 'irst'])[0]).to.equal('• f');
    expect(written(['```\nline one\nli', 'ne two\n']).slice(0, 2)).to.deep.equal(['```\nline one\n', 'line two\n']);
  });

  it('removes escape sequences, control, bidi, zero-width and tag characters, however they are cut', () => {
    const hostile =
      'a\x1b[31mb\x1b]0;title\x07c\x1b]8;;http://x\x1b\\d\x1bPq\x1b\\e\x9b2Jf\x07\x08g\u202eh\u200bi\u{e0041}j\x1b[2\nk\x1b]open\nl\r\nm\x00\ud800n';
    const clean = 'abcdefghij k l mn\n';
    expect(rendered(hostile)).to.equal(clean);
    expect(written(hostile.split('')).join('')).to.equal(clean);
  });

  const markdown = fc.oneof(
    fc
      .array(
        fc.oneof(
          fc.constantFrom(
            ...[
              '*',
              '**',
              '_',
              '`',
              '```',
              '~~~',
              '[',
              '](',
              ')',
              '![',
              '!',
              '\\',
              '> ',
              '- ',
              '* ',
              '+ ',
              '1. ',
              '# ',
              '## ',
              '---',
              '===',
              '| ',
              '|---|',
            ],
          ),
          fc.constantFrom(
            '\n',
            '\n\n',
            '  \n',
            '    ',
            '  ',
            ' ',
            '\t',
            '\r\n',
            '\x1b[1m',
            '\x1b]0;',
            '\x07',
            '\u202e',
            '👨‍👩‍👧',
            '漢字。',
            'e\u0301',
          ),
          fc.constantFrom('word', 'snake_case', 'x', '2024', 'http://e.org/a', '<b>', '&amp;', 'a long stretch of words that wraps'),
        ),
        { maxLength: 60 },
      )
      .map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 200 }),
  );

  it('renders the same bytes whatever the pieces, with no cursor movement and nothing raw', () => {
    fc.assert(
      fc.property(
        markdown,
        fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 60 }),
        fc.integer({ min: 12, max: 90 }),
        fc.boolean(),
        (text, cuts, columns, color) => {
          const pieces: string[] = [];
          let from = 0;
          for (const cut of cuts) {
            pieces.push(text.slice(from, from + cut));
            from += cut;
          }
          const whole = rendered(text, { columns, color });
          expect(written([...pieces, text.slice(from)], { columns, color }).join('')).to.equal(whole);
          expect(written(text.split(''), { columns, color }).join('')).to.equal(whole);
          expect(whole.replace(/\x1b\[\d+m/g, '')).not.to.match(
            /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\u{e0000}-\u{e007f}]/u,
          );
        },
      ),
      { numRuns: 400 },
    );
  });

  it('loses no word', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('alpha', 'beta', '*gamma*', '**delta**', '`code`', '\n', '\n\n', '- ', '> ', '1. ', '# '), {
          maxLength: 40,
        }),
        (parts) => {
          const words = (text: string): string => text.match(/[a-z]+/g)?.join(' ') ?? '';
          expect(words(rendered(parts.join(' ')))).to.equal(words(parts.join(' ')));
        },
      ),
    );
  });

  it('takes time in proportion to the length, hostile markup too', function () {
    this.timeout(30_000);
    const time = (text: string): number => {
      const start = process.cpuUsage();
      rendered(text);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1_000;
    };
    const hostile = [
      '*a **b ',
      '[',
      '![',
      '`',
      '> ',
      '+ ',
      '**',
      '_a',
      '| a | b\n|---|---\n',
      '\\',
      '*a x_ ',
      'word ',
      'x',
      '- a\n  - b\n',
    ];
    for (const unit of hostile) {
      const text = unit.repeat(Math.ceil(60_000 / unit.length));
      const half = Math.max(20, Math.min(time(text), time(text)));
      expect(time(text + text) / half, JSON.stringify(unit)).to.be.below(4);
    }
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { type EditOutcome, edit } from '../../../src/adapters/support/terminal/edit.js';
import { type EditState, editState } from '../../../src/adapters/support/terminal/edit-state.js';
import { type EditView, redraw, viewOf } from '../../../src/adapters/support/terminal/edit-view.js';
import type { Key } from '../../../src/adapters/support/terminal/key.js';
import { ScreenEmulator } from '../../support/screen-emulator.js';

const history = ['first', 'second line\nof two', 'third ü'];

/** Applies keys, given as names in angle brackets between texts: `abc<ctrl-a>x`. */
function typed(input: string, start: EditState = editState('', history.length)): { state: EditState; outcome: EditOutcome } {
  let step: { state: EditState; outcome: EditOutcome } = { state: start, outcome: 'none' };
  for (const [token, name] of input.matchAll(/<([a-z-]+)>|[^<]+/g)) {
    const key: Key = name === undefined ? { kind: 'text', text: token } : { kind: 'press', name };
    step = edit(step.state, key, history);
  }
  return step;
}

/** The text with the cursor shown as `|`. */
function shown(input: string): string {
  const { text, cursor } = typed(input).state;
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

describe('edit line', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['moves to the start and the end', 'abc<ctrl-a>x<ctrl-e>y', 'xabcy|'],
    ['moves by graphemes', 'a👨‍👩‍👧e\u0301<left><left>x', 'ax|👨‍👩‍👧e\u0301'],
    ['erases a whole grapheme', 'a👍🏽<backspace>', 'a|'],
    ['cuts to the end and puts it back', 'one two<alt-b><ctrl-k><ctrl-a><ctrl-y>', 'two|one '],
    ['cuts to the start', 'one two<alt-b><ctrl-u>', '|two'],
    ['cuts a word back', 'one two-three<ctrl-w>', 'one |'],
    ['cuts a word forward', 'one two<ctrl-a><alt-d>', '| two'],
    ['moves by words', 'one two three<alt-b><alt-b>x<alt-f>y', 'one xtwoy| three'],
    ['swaps two characters', 'ab<ctrl-t>', 'ba|'],
    ['deletes under the cursor', 'ab<ctrl-a><ctrl-d>', '|b'],
    ['breaks the line with alt-enter', 'a<alt-enter>b', 'a\nb|'],
    ['continues a line after a trailing backslash', 'a\\<enter>b', 'a\nb|'],
    ['moves between the rows of a text', 'abc<alt-enter>defg<up>x<down>', 'abcx\ndefg|'],
    ['stays on a shorter row', 'ab<alt-enter>cdef<up>', 'ab|\ncdef'],
    ['walks the history', '<up><up>', 'second line\nof two|'],
    ['comes back to the own line', 'mine<up><down>', 'mine|'],
    ['finds in the history', 'x<ctrl-r>fir', 'first|'],
    ['gives a search up', 'x<ctrl-r>fir<escape>', 'x|'],
    ['takes a found line and goes on', '<ctrl-r>fir<ctrl-a>>', '>|first'],
    ['keeps control characters out', 'a\x07\x1bb', 'ab|'],
  ];
  for (const [name, input, expected] of cases) it(name, () => expect(shown(input)).to.equal(expected));

  it('tells what the reader has to do', () => {
    expect(typed('abc<enter>').outcome).to.equal('submit');
    expect(typed('abc<ctrl-c>').outcome).to.equal('interrupt');
    expect(typed('<ctrl-d>').outcome).to.equal('end');
    expect(typed('a<tab>').outcome).to.equal('complete');
    expect(typed('<ctrl-r>sec<enter>')).to.deep.include({ outcome: 'submit' });
    expect(typed('<ctrl-r>sec<enter>').state.text).to.equal('second line\nof two');
  });

  it('keeps a paste with line breaks in one line', () => {
    expect(edit(editState('', 0), { kind: 'paste', text: 'a\nb\nc' }, []).state.text).to.equal('a\nb\nc');
  });

  const names =
    'left right up down home end ctrl-k ctrl-u ctrl-w ctrl-y ctrl-t alt-b alt-f alt-d alt-enter backspace delete ctrl-r escape enter ctrl-a';
  const key: fc.Arbitrary<Key> = fc.oneof(
    fc.constantFrom(...names.split(' ')).map((name): Key => ({ kind: 'press', name })),
    fc
      .string({ unit: fc.constantFrom('a', ' ', 'ü', '漢', '👍🏽', '\\', '\u202e', '\t', 'e\u0301') })
      .map((text): Key => ({ kind: 'text', text })),
    fc.string({ unit: fc.constantFrom('x', '\n', '字') }).map((text): Key => ({ kind: 'paste', text })),
  );

  it('draws every change so that the screen shows the text, and never leaves its own rows', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 40 }), fc.integer({ min: 12, max: 40 }), (keys, columns) => {
        const screen = new ScreenEmulator(columns);
        screen.write('above\n');
        let state = editState('', history.length);
        let view: EditView | undefined;
        for (const next of [undefined, ...keys]) {
          if (next !== undefined) ({ state } = edit(state, next, history));
          const drawn = viewOf(state, {
            prompt: '› ',
            paintedPrompt: '› ',
            columns,
            rows: 8,
            visible: (text) => text.replaceAll('\u202e', '\\u{202e}'),
          });
          screen.write(redraw(view, drawn));
          view = drawn;
          expect(
            screen
              .lines()
              .slice(1)
              .map((line) => line.trimEnd()),
          ).to.deep.equal(drawn.rows.map((row) => row.trimEnd()));
          expect([screen.row - 1, screen.column]).to.deep.equal([drawn.cursorRow, drawn.cursorColumn]);
          expect(screen.lines()[0]).to.equal('above');
        }
      }),
    );
  });

  it('lays a text of a megabyte out at the cost of one screen', () => {
    let state = editState('x'.repeat(1_000_000), 0);
    const start = performance.now();
    for (let count = 0; count < 50; count += 1) {
      ({ state } = edit(state, { kind: 'text', text: 'y' }, []));
      viewOf(state, { prompt: '› ', paintedPrompt: '› ', columns: 80, rows: 24, visible: (text) => text });
    }
    expect(performance.now() - start).to.be.below(1_000);
  });
});

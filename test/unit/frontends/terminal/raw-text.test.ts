import { expect } from 'chai';
import { rawText } from '../../../../src/frontends/terminal/raw-text.js';

describe('raw text', () => {
  function written(use: (text: ReturnType<typeof rawText>) => void): string {
    let out = '';
    use(
      rawText((piece) => {
        out += piece;
      }),
    );
    return out;
  }

  it('gives an answer as it came and ends its last line', () => {
    const out = written(({ answer }) => {
      for (const piece of ['**a**\n', 'b', '']) answer.push(piece);
      answer.end();
      answer.end();
    });
    expect(out).to.equal('**a**\nb\n');
  });

  it('adds nothing to an answer that ends with a line break, nor to an empty one', () => {
    const whole = written(({ answer }) => {
      answer.push('a\n');
      answer.push('');
      answer.end();
    });
    expect(whole).to.equal('a\n');
    expect(written(({ answer }) => answer.end())).to.equal('');
  });

  it('removes what a terminal would obey, wherever it is cut', () => {
    const out = written(({ answer }) => {
      for (const piece of ['a\u001b[', '2Jb\u202e', 'c\n']) answer.push(piece);
      answer.end();
    });
    expect(out).to.equal('abc\n');
  });

  it('leaves thoughts unsaid', () => {
    const out = written(({ reasoning }) => {
      reasoning.push('let me think');
      reasoning.end();
    });
    expect(out).to.equal('');
  });
});

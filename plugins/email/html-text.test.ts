import { expect } from 'chai';
import { htmlText } from './html-text.js';

const seen = (html: string): string => htmlText(html).text;

describe('text of HTML', () => {
  it('shows links behind their words, once where both are the same', () => {
    expect(seen('<p>See <a href="https://a.example/x">the offer</a> or <a href="https://b.example">https://b.example</a></p>')).to.equal(
      'See the offer [https://a.example/x] or https://b.example',
    );
  });

  it('keeps the cells of a row apart and puts each row on a line', () => {
    expect(seen('<table><tr><td>Shoes</td><td>49</td></tr><tr><td>Hat</td><td>12</td></tr></table>')).to.equal('Shoes 49\nHat 12');
  });

  it('names images and counts those that are elsewhere, without their addresses', () => {
    const { text, remoteImages } = htmlText(
      '<img src="https://t.example/p.gif"><img src="//t.example/q.gif" alt="our shop"><img src="cid:1" alt="a cat">',
    );
    expect(text.replace(/\s+/g, ' ')).to.equal('[image: our shop][image: a cat]');
    expect(remoteImages).to.equal(2);
  });

  it('leaves scripts, styles and the title out', () => {
    expect(seen('<html><head><title>t</title><style>p{}</style></head><body><script>alert(1)</script><p>x</p></body></html>')).to.equal(
      'x',
    );
  });

  const hidden: readonly (readonly [string, string])[] = [
    ['display:none', '<div style="display:none">X</div>'],
    ['display : NONE !important', '<span style="color:red; display : NONE !important">X</span>'],
    ['an element inside of a hidden one', '<div style="display:none"><p>X</p></div>'],
    ['visibility', '<p style="visibility:hidden">X</p>'],
    ['no size', '<p style="font-size:0">X</p>'],
    ['one pixel', '<p style="font-size: 1px;">X</p>'],
    ['no opacity', '<p style="opacity:0">X</p>'],
    ['the attribute hidden', '<p hidden>X</p>'],
    ['white on white', '<p style="color:#fff;background:white">X</p>'],
    ['a transparent colour', '<p style="color:transparent">X</p>'],
    ['a box without room', '<div style="max-height:0;overflow:hidden">X</div>'],
    ['far outside', '<div style="position:absolute;left:-9999px">X</div>'],
    ['a class that a style sheet hides', '<style>.a, p.gone { color: red; display: none }</style><p class="x gone">X</p>'],
    ['an id that a style sheet hides', '<style>/* c */ #pre{font-size:0px}</style><p id="pre">X</p>'],
    ['a table cell', '<table><tr><td style="display:none">X</td><td>s</td></tr></table>'],
    ['a link', '<a style="display:none" href="https://evil.example">X</a>'],
    ['a list item', '<ul><li style="display:none">X</li><li>s</li></ul>'],
  ];
  for (const [what, html] of hidden) {
    it(`leaves out and counts what nobody sees: ${what}`, () => {
      const { text, hidden: characters } = htmlText(`<p>shown</p>${html}`);
      expect(text).to.include('shown').and.not.include('X').and.not.include('evil');
      expect(characters).to.equal(1);
    });
  }

  const shown: readonly (readonly [string, string])[] = [
    ['half opacity', '<p style="opacity:0.5">X</p>'],
    ['a font of one em', '<p style="font-size:1em">X</p>'],
    ['a font of 10 pixels', '<p style="font-size:10px">X</p>'],
    [
      'a class that is hidden on small screens only',
      '<style>@media (max-width:600px){.d{display:none}} .e{color:red}</style><p class="d e">X</p>',
    ],
    ['white on blue', '<p style="color:white;background-color:#00f">X</p>'],
    ['a line of no height', '<p style="line-height:0">X</p>'],
  ];
  for (const [what, html] of shown) {
    it(`keeps what is seen: ${what}`, () => {
      expect(htmlText(html)).to.deep.equal({ text: 'X', hidden: 0, remoteImages: 0 });
    });
  }

  const hostile: readonly (readonly [string, string])[] = [
    ['deep nesting', '<div>'.repeat(20_000)],
    ['style sheets that do not end', '<style>'.repeat(100_000)],
    ['a style sheet without rules', `<style>${'a'.repeat(1_000_000)}</style>x`],
    ['a line of spaces', `<pre>x${' '.repeat(500_000)}y</pre>`],
    ['a style of spaces', `<p style="display${' '.repeat(400_000)}">x</p>`],
  ];
  for (const [what, html] of hostile) {
    it(`is done with ${what} in time`, () => {
      const start = performance.now();
      htmlText(html);
      expect(performance.now() - start).to.be.below(2_000);
    });
  }
});

// Draws what a program wrote to a terminal as an SVG: append-only text with SGR colours and weights (ECMA-48), nothing else.
const CELL = { width: 8.43, height: 19, font: 14 };
const PADDING = 18;
const BAR = 34;
const COLOURS = ['#1b1f27', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d7dae0', '#7f848e'];
const FOREGROUND = '#d7dae0';

/** A picture of the lines of `output`, `columns` wide, with `title` in its bar. */
export function terminalSvg(output, { columns, title }) {
  const lines = spansOf(output);
  const width = Math.ceil(columns * CELL.width + 2 * PADDING);
  const height = BAR + lines.length * CELL.height + PADDING;
  const rows = lines.map((spans, row) => rowSvg(spans, BAR + (row + 1) * CELL.height - 5));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<rect width="${width}" height="${height}" rx="9" fill="#1b1f27"/>`,
    ...['#e06c75', '#e5c07b', '#98c379'].map((fill, index) => `<circle cx="${20 + index * 18}" cy="17" r="5.5" fill="${fill}"/>`),
    `<text x="${width / 2}" y="21" fill="#7f848e" font-family="sans-serif" font-size="12" text-anchor="middle">${escaped(title)}</text>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${CELL.font}" xml:space="preserve">`,
    ...rows.filter((row) => row !== ''),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** The lines of some output, each a list of texts with their look; other escape sequences are left out. */
function spansOf(output) {
  const lines = [[]];
  let look = {};
  for (const [part] of output.replaceAll('\r\n', '\n').matchAll(/\u001b\[[0-9;?]*[A-Za-z]|\n|[^\u001b\n]+|\u001b/g)) {
    if (part === '\n') lines.push([]);
    else if (/^\u001b\[[0-9;]*m$/.test(part)) look = nextLook(look, part.slice(2, -1));
    // A spinner goes to the first column and clears the line.
    else if (/^\u001b\[0?K$/.test(part)) lines[lines.length - 1] = [];
    else if (!part.startsWith('\u001b')) lines.at(-1).push({ text: part, look });
  }
  while (lines.length > 0 && lines.at(-1).length === 0) lines.pop();
  return lines;
}

function nextLook(look, codes) {
  let next = { ...look };
  for (const code of codes.split(';').map(Number)) {
    if (code === 0) next = {};
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 3) next.italic = true;
    else if (code === 4) next.underline = true;
    else if (code === 22) Object.assign(next, { bold: false, dim: false });
    else if (code === 23) next.italic = false;
    else if (code === 24) next.underline = false;
    else if (code >= 30 && code <= 37) next.colour = COLOURS[code - 30];
    else if (code === 39) next.colour = undefined;
    else if (code === 90) next.colour = COLOURS[8];
  }
  return next;
}

function rowSvg(spans, y) {
  let column = 0;
  const parts = spans.map(({ text, look }) => {
    const x = (PADDING + column * CELL.width).toFixed(1);
    column += [...text].length;
    const style = [
      `fill="${look.colour ?? FOREGROUND}"`,
      look.bold ? 'font-weight="bold"' : '',
      look.italic ? 'font-style="italic"' : '',
      look.underline ? 'text-decoration="underline"' : '',
      look.dim ? 'fill-opacity="0.6"' : '',
    ].filter((part) => part !== '');
    return `<tspan x="${x}" ${style.join(' ')}>${escaped(text)}</tspan>`;
  });
  return parts.length === 0 ? '' : `<text y="${y}">${parts.join('')}</text>`;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

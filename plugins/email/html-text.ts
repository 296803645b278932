import { compile, type DomNode, type FormatCallback } from 'html-to-text';
import { type HidingRules, hidingRules, isHidden } from './hidden-text.js';

/** What is left of HTML when it becomes text. */
export interface HtmlText {
  readonly text: string;
  /** How many characters of text a mail program would not have shown; they are left out. */
  readonly hidden: number;
  /** How many images were on other machines; none was fetched. */
  readonly remoteImages: number;
}

/** Deeper or longer than any letter; what is behind is left out. */
const LIMITS = { maxInputLength: 2_000_000, maxDepth: 250, maxChildNodes: 20_000, ellipsis: '…' };

/** How the elements are formatted that html-to-text formats; every other is put inline. */
const FORMATS: Readonly<Record<string, string>> = {
  '*': 'inline',
  a: 'anchor',
  blockquote: 'blockquote',
  br: 'lineBreak',
  hr: 'horizontalLine',
  img: 'image',
  ol: 'orderedList',
  p: 'paragraph',
  pre: 'pre',
  ul: 'unorderedList',
  wbr: 'wbr',
  ...Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((name) => [name, 'heading'])),
  ...Object.fromEntries(
    ['article', 'aside', 'div', 'footer', 'form', 'header', 'main', 'nav', 'section', 'table', 'tr'].map((name) => [name, 'block']),
  ),
  td: 'inlineSurround',
  th: 'inlineSurround',
};

const OPTIONS: Readonly<Record<string, object>> = {
  a: { hideLinkHrefIfSameAsText: true, linkBrackets: ['[', ']'] },
  tr: { leadingLineBreaks: 1, trailingLineBreaks: 1 },
  td: { suffix: ' ' },
  th: { suffix: ' ' },
  ...Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((name) => [name, { uppercase: false, leadingLineBreaks: 2 }])),
};

/** What is looked for and counted while one text is made. */
interface Reading {
  readonly rules: HidingRules;
  hidden: number;
  remoteImages: number;
}

/** Made once: to compile the selectors takes longer than most messages. */
const toText = compile({
  wordwrap: false,
  limits: LIMITS,
  formatters: Object.fromEntries([...new Set(Object.values(FORMATS))].map((format) => [`seen-${format}`, whenSeen(format)])),
  selectors: [
    ...Object.entries(FORMATS).map(([selector, format]) => ({
      selector,
      format: `seen-${format}`,
      ...(OPTIONS[selector] === undefined ? {} : { options: OPTIONS[selector] }),
    })),
    ...['script', 'style', 'head', 'title', 'noscript', 'template', 'object', 'svg'].map((selector) => ({ selector, format: 'skip' })),
  ],
}) as (html: string, reading: Reading) => string;

/** Turns HTML into text: links are shown, images by what they are called, and what nobody would see is left out. Nothing is fetched. */
export function htmlText(html: string): HtmlText {
  const reading: Reading = { rules: hidingRules(html), hidden: 0, remoteImages: 0 };
  const text = toText(html, reading);
  // By hand: a regular expression for white space before the end of a line takes the square of the time.
  const lines = text.split('\n').map((line) => line.trimEnd());
  return {
    text: lines
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
    hidden: reading.hidden,
    remoteImages: reading.remoteImages,
  };
}

function whenSeen(format: string): FormatCallback {
  return (element, walk, builder, options) => {
    const { metadata: reading } = builder as unknown as { readonly metadata: Reading };
    if (isHidden(element, reading.rules)) reading.hidden += textLength(element);
    else if (format !== 'image') builder.options.formatters?.[format]?.(element, walk, builder, options);
    else {
      if (/^\s*(https?:)?\/\//i.test(element.attribs?.src ?? '')) reading.remoteImages += 1;
      const name = element.attribs?.alt?.trim() ?? '';
      if (name !== '') builder.addInline(`[image: ${name}]`);
    }
  };
}

function textLength(node: DomNode): number {
  if (node.type === 'text') return (node.data ?? '').trim().length;
  return (node.children ?? []).reduce((sum, child) => sum + textLength(child), 0);
}

import { convert, type DomNode, type FormatCallback, type SelectorDefinition } from 'html-to-text';
import { hidingRules, isHidden } from './hidden-text.js';

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

/** Turns HTML into text: links are shown, images by what they are called, and what nobody would see is left out. Nothing is fetched. */
export function htmlText(html: string): HtmlText {
  const rules = hidingRules(html);
  let hidden = 0;
  let remoteImages = 0;
  const image: FormatCallback = (element, _walk, builder) => {
    if (/^\s*(https?:)?\/\//i.test(element.attribs?.src ?? '')) remoteImages += 1;
    const name = element.attribs?.alt?.trim() ?? '';
    if (name !== '') builder.addInline(`[image: ${name}]`);
  };
  const seen =
    (format: string): FormatCallback =>
    (element, walk, builder, options) => {
      if (isHidden(element, rules)) {
        hidden += textLength(element);
        return;
      }
      if (format === 'image') image(element, walk, builder, options);
      else builder.options.formatters?.[format]?.(element, walk, builder, options);
    };
  const formats = [...new Set(Object.values(FORMATS))];
  const selectors: SelectorDefinition[] = Object.entries(FORMATS).map(([selector, format]) => ({
    selector,
    format: `seen-${format}`,
    ...(OPTIONS[selector] === undefined ? {} : { options: OPTIONS[selector] }),
  }));
  const text = convert(html, {
    wordwrap: false,
    limits: LIMITS,
    formatters: Object.fromEntries(formats.map((format) => [`seen-${format}`, seen(format)])),
    selectors: [
      ...selectors,
      ...['script', 'style', 'head', 'title', 'noscript', 'template', 'object', 'svg'].map((selector) => ({ selector, format: 'skip' })),
    ],
  });
  // By hand: a regular expression for white space before the end of a line takes the square of the time.
  const lines = text.split('\n').map((line) => line.trimEnd());
  return {
    text: lines
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
    hidden,
    remoteImages,
  };
}

function textLength(node: DomNode): number {
  if (node.type === 'text') return (node.data ?? '').trim().length;
  return (node.children ?? []).reduce((sum, child) => sum + textLength(child), 0);
}

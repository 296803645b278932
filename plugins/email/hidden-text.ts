/** What has to be known of an element. */
interface Element {
  readonly attribs?: Readonly<Record<string, string>>;
}

/** The classes and ids that the style sheets of a message hide. */
export interface HidingRules {
  readonly classes: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
}

/** Ways in which text is put where nobody sees it. */
const HIDING =
  /display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|opacity\s*:\s*0?\.?0+(?![.\d])|font-size\s*:\s*(?:0?\.\d+|0+(?:\.0+)?|1(?:px|pt))(?:[a-z%]{1,3})?\s*(?:!|;|$)|text-indent\s*:\s*-\d{3,}|(?:left|top|right|bottom)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%|(?:^|[;\s])color\s*:\s*transparent/i;

/** A box without room, of which what does not fit is cut off. */
const NO_ROOM = /(?:^|[;\s])(?:max-)?(?:height|width)\s*:\s*0(?:px|pt|em|%)?\s*(?:!|;|$)/i;
const CUT_OFF = /overflow(?:-[xy])?\s*:\s*hidden/i;

/** Whether a mail program would not show an element: by its attributes, or by a rule of a style sheet. */
export function isHidden(element: Element, rules: HidingRules): boolean {
  const { style = '', class: classes = '', id = '', hidden, type } = element.attribs ?? {};
  if (hidden !== undefined || type?.toLowerCase() === 'hidden') return true;
  if (rules.ids.has(id) || classes.split(/\s+/).some((name) => rules.classes.has(name))) return true;
  return style !== '' && hides(style);
}

/** Finds the classes and ids that style sheets hide everywhere; what is for some screens only (`@media`) does not count. */
export function hidingRules(html: string): HidingRules {
  const classes = new Set<string>();
  const ids = new Set<string>();
  for (const rule of styleSheets(html).flatMap((sheet) => withoutBlocks(sheet).split('}'))) {
    const [selectors = '', body = ''] = rule.split('{');
    if (!hides(body)) continue;
    for (const selector of selectors.split(',')) {
      const match = /^[a-z0-9]*([.#])([\w-]+)$/i.exec(selector.trim());
      if (match?.[1] === '.' && match[2] !== undefined) classes.add(match[2]);
      if (match?.[1] === '#' && match[2] !== undefined) ids.add(match[2]);
    }
  }
  return { classes, ids };
}

function hides(style: string): boolean {
  return HIDING.test(style) || (NO_ROOM.test(style) && CUT_OFF.test(style)) || isInvisible(style);
}

function styleSheets(html: string): readonly string[] {
  const lower = html.toLowerCase();
  const sheets: string[] = [];
  let at = lower.indexOf('<style');
  while (at !== -1) {
    const start = lower.indexOf('>', at);
    const end = start === -1 ? -1 : lower.indexOf('</style', start);
    if (end === -1) break;
    sheets.push(html.slice(start + 1, end));
    at = lower.indexOf('<style', end);
  }
  return sheets;
}

/** White on white, or any colour on itself. */
function isInvisible(style: string): boolean {
  const color = colorOf(/(?:^|[;\s])color\s*:\s*([^;!]+)/i.exec(style)?.[1]);
  const background = colorOf(/background(?:-color)?\s*:\s*([^;!]+)/i.exec(style)?.[1]);
  return color !== undefined && color === background;
}

function colorOf(value: string | undefined): string | undefined {
  const color = value?.trim().toLowerCase();
  if (color === 'white') return '#ffffff';
  if (color === 'black') return '#000000';
  return color?.replace(/^#([0-9a-f])([0-9a-f])([0-9a-f])$/, '#$1$1$2$2$3$3');
}

/** A style sheet without comments and without its `@` rules that have blocks in them. */
function withoutBlocks(sheet: string): string {
  const plain = sheet.replace(/\/\*[\s\S]*?\*\/|<!--|-->/g, '');
  let depth = 0;
  let inRule = false;
  let kept = '';
  for (const character of plain) {
    if (character === '@' && depth === 0) inRule = true;
    if (!inRule) kept += character;
    if (character === '{') depth += 1;
    if (character === ';' && depth === 0) inRule = false;
    if (character === '}') {
      depth = Math.max(depth - 1, 0);
      if (depth === 0) inRule = false;
    }
  }
  return kept;
}

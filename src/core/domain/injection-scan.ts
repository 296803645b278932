import { type DecodedText, decodedRuns, withoutEscapes } from './decoding-views.js';
import type { Finding } from './finding.js';
import { foldText } from './fold.js';
import { findInvisibleText, type InvisibleText, tagText } from './invisible-text.js';
import type { MappedText } from './mapped-text.js';
import { scanOutboundLinks } from './outbound-links.js';
import { type Reading, scanWords } from './word-scan.js';

/** How much of a text is looked at together, in UTF-16 code units; what a window costs is bounded. */
const WINDOW = 65_536;
/** How much of a window the next one repeats, so that nothing is missed at an edge. */
const OVERLAP = 4_096;
/** How many encodings may lie inside each other. */
const LEVELS = 2;
/** How much decoded text is looked at for one window, in windows. */
const DECODED_BUDGET = 6 * WINDOW;

/**
 * Looks for injected instructions in a text that is read: results, attachments, notes, standard input, arguments. Folds look-alikes, decodes
 * two levels of encodings, and reads rot13 and leet too. Linear in the text's length. Each label is reported once, where it first stands;
 * offsets are UTF-16 code units of `text`, for encoded text those of its encoded form. A label is an alarm, never a wall.
 */
export function scanInbound(text: string): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (const window of windows(text)) scanWindow(window, found);
  addInvisible(text, found);
  return inOrder(found);
}

/**
 * Looks at a text that is sent or shown (answers, arguments of tools that send) for links and images that carry data away or mislead, and
 * for invisible text. Linear; each label once; offsets are UTF-16 code units.
 */
export function scanOutbound(text: string): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (const window of windows(text)) {
    for (const finding of scanOutboundLinks(window.text)) keep(found, { ...finding, offset: window.origin(finding.offset ?? 0) });
  }
  addInvisible(text, found);
  return inOrder(found);
}

function windows(text: string): readonly MappedText[] {
  if (text.length <= WINDOW) return [{ text, origin: (offset) => offset }];
  const result: MappedText[] = [];
  for (let start = 0; ; start += WINDOW - OVERLAP) {
    result.push({ text: text.slice(start, start + WINDOW), origin: (offset) => start + offset });
    if (start + WINDOW >= text.length) return result;
  }
}

function keep(found: Map<string, Finding>, finding: Finding): void {
  if (!found.has(finding.label)) found.set(finding.label, finding);
}

function inOrder(found: ReadonlyMap<string, Finding>): readonly Finding[] {
  return [...found.values()].sort((a, b) => (a.offset ?? 0) - (b.offset ?? 0));
}

const INVISIBLE_MESSAGES: Readonly<Record<InvisibleText['kind'], string>> = {
  'zero-width': 'holds characters that show nothing',
  bidi: 'holds characters that turn the direction of the text',
  tag: 'holds hidden text in tag characters',
};

function addInvisible(text: string, found: Map<string, Finding>): void {
  for (const { kind, offset } of findInvisibleText(text)) {
    keep(found, { label: `invisible-${kind}`, category: 'invisible-text', message: INVISIBLE_MESSAGES[kind], offset });
  }
}

interface Look {
  readonly view: MappedText;
  readonly level: number;
  /** The encodings that were taken off, outermost first. */
  readonly how: readonly string[];
}

function scanWindow(window: MappedText, found: Map<string, Finding>): void {
  const looks: Look[] = [{ view: window, level: 0, how: [] }];
  const hidden = tagText(window.text);
  if (hidden.length > 0)
    looks.push({ view: { text: hidden, origin: () => window.origin(window.text.indexOf('\udb40')) }, level: 0, how: ['tag characters'] });
  let budget = DECODED_BUDGET;
  for (let look = looks.shift(); look !== undefined; look = looks.shift()) {
    const view = foldText(look.view);
    const seen = readAll(view, look, found);
    if (look.level === LEVELS) continue;
    for (const decoded of decodings(view, seen)) {
      budget -= decoded.view.text.length;
      if (budget < 0) return;
      looks.push({ view: decoded.view, level: look.level + 1, how: [...look.how, decoded.how] });
    }
  }
}

/** Reads the words of a view in every way that it gives cause for; gives whether it may hold encoded runs. */
function readAll(view: MappedText, look: Look, found: Map<string, Finding>): boolean {
  const read = (reading: Reading): ReturnType<typeof scanWords> => {
    const scan = scanWords(view.text, reading);
    const how = reading === 'plain' ? look.how : [...look.how, reading.includes('rot13') ? 'rot13' : 'look-alike digits'];
    for (const { pattern, offset } of scan.matches) {
      const message = how.length === 0 ? pattern.message : `${pattern.message} (hidden in ${how.join(', ')})`;
      keep(found, { label: pattern.label, category: pattern.category, message, offset: view.origin(offset) });
    }
    return scan;
  };
  const plain = read('plain');
  if (plain.rotated) read('rot13');
  if (plain.leet) for (const reading of ['leet', 'leet-in-rot13', 'rot13-in-leet'] as const) read(reading);
  return plain.encoded;
}

const ROTATED_ESCAPES = /%[2-7][n-s]|\\h[0-9n-s]{4}|\\k[0-9n-s]{2}|&#k|[n-s0-9]{24}/i;

function decodings(view: MappedText, mayHoldRuns: boolean): readonly DecodedText[] {
  const found = decodingsOf(view, mayHoldRuns);
  if (mayHoldRuns || ROTATED_ESCAPES.test(view.text)) found.push(...decodingsOf({ text: rotated(view.text), origin: view.origin }, true));
  if (/[*_]/.test(view.text)) {
    const bare = withoutMarks(view);
    if (bare !== undefined) found.push(...decodingsOf(bare, true));
  }
  return found;
}

function decodingsOf(view: MappedText, mayHoldRuns: boolean): DecodedText[] {
  const found: DecodedText[] = mayHoldRuns ? [...decodedRuns(view)] : [];
  const plain = withoutEscapes(view);
  if (plain !== undefined) found.push({ how: 'escapes', view: plain });
  return found;
}

function rotated(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const first = letter < 'a' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - first + 13) % 26) + first);
  });
}

/** The view without `*` and `_` inside what may be a run of encoded characters. */
function withoutMarks(view: MappedText): MappedText | undefined {
  const text = view.text.replace(/[*_]+/g, '');
  if (!/[A-Za-z0-9+/]{24}|%[0-9a-f]{2}|&#|\\[ux]/i.test(text)) return undefined;
  const origin = (offset: number): number => view.origin(Math.min(offset, view.text.length));
  return { text, origin };
}

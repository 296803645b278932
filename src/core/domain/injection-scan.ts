import { decodings } from './decoding-views.js';
import type { Finding } from './finding.js';
import { foldText } from './fold.js';
import { findInvisibleText, type InvisibleText, tagText } from './invisible-text.js';
import type { MappedText } from './mapped-text.js';
import { scanOutboundLinks } from './outbound-links.js';
import { rotated } from './rot13.js';
import { type Reading, scanWords, type WordScan } from './word-scan.js';

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
  // Letters of two scripts in one word may be rot13 of look-alikes: what folding makes of them can no longer be turned back.
  if (NOT_ASCII.test(window.text) && MIXED_SCRIPTS.test(window.text))
    looks.push({ view: { text: rotated(window.text), origin: window.origin }, level: 0, how: ['rot13'] });
  const hidden = tagText(window.text);
  if (hidden.length > 0)
    looks.push({ view: { text: hidden, origin: () => window.origin(window.text.indexOf('\udb40')) }, level: 0, how: ['tag characters'] });
  let budget = DECODED_BUDGET;
  for (let look = looks.shift(); look !== undefined; look = looks.shift()) {
    const view = foldText(look.view);
    const scan = readAll(view, look, found);
    if (look.level === LEVELS) continue;
    for (const decoded of decodings(view, scan)) {
      budget -= decoded.view.text.length;
      if (budget < 0) return;
      looks.push({ view: decoded.view, level: look.level + 1, how: [...look.how, decoded.how] });
    }
  }
}

/** Reads the words of a view in every way that it gives cause for; gives what the plain reading saw. */
function readAll(view: MappedText, look: Look, found: Map<string, Finding>): WordScan {
  const read = (reading: Reading): WordScan => {
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
  for (const reading of plain.leet) read(reading);
  return plain;
}

const NOT_ASCII = /[^\0-\x7f]/;
const MIXED_SCRIPTS = /[A-Za-z][\u0370-\u04ff]|[\u0370-\u04ff][A-Za-z]/;

import { plainText } from './plain-text.js';

/** One line of a card (RFC 6350, 2426), folded as it was written. */
export interface CardLine {
  readonly raw: string;
  /** In upper case, without the group before it. */
  readonly name: string;
  /** The same, unfolded and without the group. */
  readonly content: string;
}

/** A vCard as its lines: whatever is not understood stays as it is, to the letter. */
export interface ContactCard {
  readonly version: '3.0' | '4.0';
  readonly lines: readonly CardLine[];
}

/** Reads a vCard; `undefined` when it is none. */
export function readCard(text: string): ContactCard | undefined {
  const raws = text.split(/\r?\n(?![ \t])/).filter((line) => line.trim() !== '');
  const lines = raws.map((raw): CardLine => {
    const unfolded = raw.replace(/\r?\n[ \t]/g, '');
    const [, name = '', rest = ''] = /^(?:[A-Za-z0-9-]+\.)?([A-Za-z0-9-]+)([\s\S]*)$/.exec(unfolded) ?? [];
    return { raw, name: name.toUpperCase(), content: `${name}${rest}` };
  });
  const end = lines.findIndex(({ content }) => /^END:VCARD\s*$/i.test(content));
  if (!/^BEGIN:VCARD\s*$/i.test(lines[0]?.content ?? '') || end < 0) return undefined;
  const version = lines.find(({ name }) => name === 'VERSION')?.content.includes('4.0') === true ? '4.0' : '3.0';
  return { version, lines: lines.slice(0, end + 1) };
}

const STRUCTURED = new Set(['N', 'ADR', 'ORG']);

/** The values of a line, one for each component: names, addresses and organisations have several, everything else has one. */
export function cardValues({ name, content }: CardLine): readonly string[] {
  const value = content.slice(parametersOf(content).length + 1);
  const components = STRUCTURED.has(name) ? (value.match(/(?:^|;)((?:\\.|[^;\\])*)/gs) ?? []) : [value];
  return components.map((component, index) => unescaped(index === 0 ? component : component.slice(1)));
}

/** Everything before the colon of a line. */
function parametersOf(content: string): string {
  return /^(?:[^:"]|"[^"]*")*/.exec(content)?.[0] ?? '';
}

/** Version 3 and 4 escape alike (RFC 2426, 5; RFC 6350, 3.4). */
function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_, character: string) => (character === 'n' || character === 'N' ? '\n' : character));
}

/** What a line says of its value, such as `work` or `cell`. */
export function cardKinds({ content }: CardLine): readonly string[] {
  return [...parametersOf(content).matchAll(/;TYPE="?([^;:"]+)"?/gi)]
    .flatMap(([, kinds = '']) => kinds.toLowerCase().split(','))
    .filter((kind) => !['internet', 'pref', 'voice'].includes(kind));
}

/** A new line: name with parameters, and the components of the value, each of which is escaped. */
export function cardLine(name: string, ...components: readonly string[]): CardLine {
  const value = components
    .map((component) =>
      plainText(component)
        .replace(/[\\,;]/g, '\\$&')
        .replaceAll('\n', '\\n'),
    )
    .join(';');
  const content = `${name}:${value}`;
  return { raw: folded(content), name: name.replace(/;.*$/s, '').toUpperCase(), content };
}

/** Writes a card. */
export function writtenCard({ lines }: ContactCard): string {
  return lines.map(({ raw }) => `${raw.replace(/\r?\n/g, '\r\n')}\r\n`).join('');
}

/** A line has at most 75 bytes (RFC 6350, 3.2); no character is torn apart. */
function folded(content: string): string {
  let line = '';
  let bytes = 0;
  for (const character of content) {
    const length = Buffer.byteLength(character);
    if (bytes + length > 74) {
      line += '\r\n ';
      bytes = 1;
    }
    line += character;
    bytes += length;
  }
  return line;
}

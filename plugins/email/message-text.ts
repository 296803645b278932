import type { ImapFlow } from 'imapflow';
import { decodeText } from './decode-text.js';
import type { TextPart } from './message-parts.js';

/** The text of a message. */
export interface MessageText {
  readonly text: string;
  /** What the person should know about it: left out, cut, not fetched. */
  readonly notes: readonly string[];
}

/** The most that is fetched of one part, in bytes as they were sent. */
const MOST_BYTES = 512 * 1024;

/** The most text that one message gives, in characters. */
export const MOST_CHARACTERS = 200_000;

const MOST_PARTS = 20;

/**
 * The beginning of a message's first part, which most often is its text: fetched together with the headers, it saves one way to the server. When
 * it is something else, only this little was fetched for nothing.
 */
export const FIRST_PART = { key: '1', start: 0, maxLength: 32 * 1024 } as const;

/** Fetches text parts of a message of the folder that is open, and only those, and turns them into text; `first` is what came with {@link FIRST_PART}. */
export async function fetchText(
  client: ImapFlow,
  uid: number,
  parts: readonly TextPart[],
  most: number = MOST_CHARACTERS,
  first?: ReadonlyMap<string, Buffer>,
): Promise<MessageText> {
  const wanted = parts.slice(0, MOST_PARTS);
  if (wanted.length === 0) return { text: '', notes: [] };
  const bytes = Math.min(MOST_BYTES, most * 12);
  const bodies = new Map<string, Buffer>();
  const missing: TextPart[] = [];
  for (const part of wanted) {
    const known = first?.get(part.part);
    if (known !== undefined && part.part === FIRST_PART.key && (part.size <= FIRST_PART.maxLength || known.length >= bytes)) {
      bodies.set(part.part, known);
    } else missing.push(part);
  }
  if (missing.length > 0) {
    const query = missing.map(({ part }) => ({ key: part, start: 0, maxLength: bytes }));
    const message = await client.fetchOne(String(uid), { bodyParts: query }, { uid: true });
    for (const [part, body] of (message === false ? undefined : message.bodyParts) ?? []) bodies.set(part, body);
  }
  const notes = new Set<string>();
  const texts: string[] = [];
  for (const part of wanted) {
    const body = bodies.get(part.part);
    if (body === undefined) continue;
    const { text, notes: further } = await textOf(body, part);
    texts.push(text.trim());
    for (const note of further) notes.add(note);
    if (part.size > bytes) notes.add('only the beginning of a long text was fetched');
  }
  const text = texts.join('\n\n');
  if (text.length > most) notes.add(`cut after ${most} of ${text.length} characters`);
  return { text: text.slice(0, most), notes: [...notes] };
}

/** Turns the bytes of one text part, as they were sent, into text. */
export async function textOf(body: Buffer, part: Pick<TextPart, 'type' | 'charset' | 'encoding' | 'flowed'>): Promise<MessageText> {
  const decoded = decodeText(body, part);
  if (part.type === 'text/plain') return { text: decoded, notes: [] };
  const { htmlText } = await import('./html-text.js');
  const { text, hidden, remoteImages } = htmlText(decoded);
  return {
    text,
    notes: [
      ...(hidden === 0 ? [] : [`hidden text was left out: ${hidden} characters`]),
      ...(remoteImages === 0 ? [] : [`remote images were not fetched: ${remoteImages}`]),
    ],
  };
}

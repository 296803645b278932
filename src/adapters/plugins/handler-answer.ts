import { frozenCopy } from '../../core/domain/frozen-json.js';
import type { JsonValue } from '../../core/domain/json.js';
import type { CallResult } from './plugin-protocol.js';

/** The most of a text that is sent, in bytes of UTF-8. */
const MAX_TEXT_BYTES = 1024 * 1024;
/** Escapes can make a text six times as long; what is sent has to fit into a frame. */
const MAX_ENCODED_CHARACTERS = 3 * 1024 * 1024;
const MAX_DATA_CHARACTERS = 512 * 1024;
/** Leaves room for what a frame and a stored result wrap around the data. */
const DEPTH_OF_DATA = 16;
const LONGEST_SOURCE = 200;
const LONGEST_MESSAGE = 4_000;

/** The answer of a tool's handler as it is sent: cut where it is too long, which is said. */
export function answerOf(given: unknown): CallResult {
  const answer = typeof given === 'string' ? { text: given } : given;
  if (typeof answer !== 'object' || answer === null) return broken('what it answered is neither a text nor an object with a text');
  const { text, data, source } = answer as { readonly text?: unknown; readonly data?: unknown; readonly source?: unknown };
  if (typeof text !== 'string') return broken('what it answered has no text');
  const shown = cutText(text);
  const kept = data === undefined ? undefined : dataOf(data);
  const fault = kept?.fault;
  return {
    outcome: 'ok',
    text: fault === undefined ? shown : `${shown}\n[${fault}]`,
    ...(kept?.data === undefined ? {} : { data: kept.data }),
    ...(typeof source === 'string' && source !== '' ? { source: source.slice(0, LONGEST_SOURCE).toWellFormed() } : {}),
    ...(shown === text.toWellFormed() && fault === undefined ? {} : { cut: true }),
  };
}

/** What a handler threw, as it is sent: the message of a `ToolFailure`, told by its name, since a bundle has its own copy of the class. */
export function failureOf(thrown: unknown): CallResult {
  const text = messageOf(thrown);
  return isToolFailure(thrown) ? { outcome: 'failed', text } : { outcome: 'failed', text, crashed: true };
}

/** Name and message of whatever was thrown, with that of its cause, the message alone of a `ToolFailure`; never a stack. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'it threw what is no error';
  // `fetch` says why it failed only there.
  const cause = thrown.cause instanceof Error && thrown.cause.message !== '' ? `: ${thrown.cause.message}` : '';
  const text = isToolFailure(thrown) ? thrown.message : `${thrown.name}: ${thrown.message}${cause}`;
  return text.slice(0, LONGEST_MESSAGE).toWellFormed();
}

/** A text that fits into a frame, with a line that says how much of it is missing. */
export function cutText(given: string): string {
  const text = given.toWellFormed();
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_TEXT_BYTES && JSON.stringify(text).length <= MAX_ENCODED_CHARACTERS) return text;
  let kept = Buffer.from(text).subarray(0, MAX_TEXT_BYTES).toString('utf8').replace(/�$/, '');
  while (JSON.stringify(kept).length > MAX_ENCODED_CHARACTERS) kept = kept.slice(0, kept.length / 2).toWellFormed();
  return `${kept}\n[cut: the first ${Buffer.byteLength(kept)} of ${bytes} bytes]`;
}

function isToolFailure(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'ToolFailure';
}

function broken(text: string): CallResult {
  return { outcome: 'failed', text, crashed: true };
}

function dataOf(given: unknown): { readonly data?: JsonValue; readonly fault?: string } {
  try {
    const data = frozenCopy(given, DEPTH_OF_DATA);
    if (JSON.stringify(data).length <= MAX_DATA_CHARACTERS) return { data };
    return { fault: 'the data of this answer are too long and left out' };
  } catch (error) {
    return { fault: `the data of this answer are left out: ${(error as Error).message}` };
  }
}

import type { ToolMessage } from './message.js';
import { MODEL_RESULT_CHARACTERS } from './tool.js';
import { fence } from './untrusted.js';

/**
 * A result as the model is given it: at most 4,000 characters, with a line that says how to read on, and fenced when it is external.
 * @param from the first character to show, counted from 1
 */
export function resultForModel(message: ToolMessage, from = 1): string {
  const { text, call } = message.result;
  const start = Math.max(0, from - 1);
  const part = text.slice(start, boundaryBefore(text, start + MODEL_RESULT_CHARACTERS));
  const body = message.provenance.kind === 'external' ? fence(part, message.provenance.source, message.boundary) : part;
  const end = start + part.length;
  if (start === 0 && end >= text.length) return body;
  const more = end < text.length ? `; read on: result.read {"call":"${call}","from":${end + 1}}` : '';
  return `${body}\n[characters ${start + 1}–${end} of ${text.length}${more}]`;
}

/** An index at or just before `index` that does not split a surrogate pair. */
function boundaryBefore(text: string, index: number): number {
  const unit = text.charCodeAt(index - 1);
  return index < text.length && unit >= 0xd800 && unit < 0xdc00 ? index - 1 : index;
}

import { isJsonObject } from '../../core/domain/json.js';
import type { AddressAnswer } from './address-answer.js';

const MAX_BYTES = 8 * 1024;
const LONGEST_PLAIN = 500;

/** The words of a person in the body of a refusal, as they came; empty when there are none, or they do not come in time. */
export async function refusalText(answer: AddressAnswer, ms: number): Promise<string> {
  const timer = setTimeout(() => answer.discard(), ms);
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of answer.body) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > MAX_BYTES) return '';
    }
  } catch {
    return '';
  } finally {
    clearTimeout(timer);
    answer.discard();
  }
  return wordsOf(Buffer.concat(pieces).toString('utf8'));
}

function wordsOf(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return /^\s*</.test(text) || text.length > LONGEST_PLAIN ? '' : text;
  }
  for (let at: unknown = value, depth = 0; depth < 3; depth += 1) {
    if (typeof at === 'string') return at;
    if (!isJsonObject(at)) return '';
    at = at.error_description ?? at.message ?? at.detail ?? at.error;
  }
  return '';
}

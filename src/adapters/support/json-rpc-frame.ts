import { MAX_JSON_DEPTH } from '../../core/domain/frozen-json.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/domain/json.js';

/** What identifies a request to the side that sent it. */
export type RpcId = number | string;

/** One frame that was read, as JSON-RPC 2.0 tells them apart. */
export type RpcFrame =
  | { readonly kind: 'request'; readonly id: RpcId; readonly method: string; readonly params: JsonObject }
  | { readonly kind: 'notification'; readonly method: string; readonly params: JsonObject }
  | { readonly kind: 'result'; readonly id: RpcId; readonly result: JsonValue }
  | { readonly kind: 'error'; readonly id: RpcId | null; readonly code: number; readonly message: string };

/** The longest method name or id that is read. */
const LONGEST_NAME = 200;

// An invalid byte must not become U+FFFD in silence, and a byte order mark is no JSON.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads one frame (JSON-RPC 2.0, §4 to 5.1, without batches; `params` by name only). Throws a SyntaxError that says what is wrong and holds
 * nothing of the frame.
 */
export function readFrame(bytes: Uint8Array): RpcFrame {
  const frame = parsed(bytes);
  if (!isJsonObject(frame) || frame.jsonrpc !== '2.0') throw new SyntaxError('a frame is no JSON-RPC 2.0 object');
  const { id, method, params = {}, result, error } = frame;
  if (method !== undefined) {
    if (typeof method !== 'string' || method.length > LONGEST_NAME) throw new SyntaxError('a method is not a short text');
    if (!isJsonObject(params)) throw new SyntaxError('the parameters of a frame are not an object');
    if (result !== undefined || error !== undefined) throw new SyntaxError('a frame is a request and an answer at once');
    if (id === undefined) return { kind: 'notification', method, params };
    if (!isId(id)) throw new SyntaxError('the id of a request is neither a whole number nor a short text');
    return { kind: 'request', id, method, params };
  }
  if ((result === undefined) === (error === undefined)) throw new SyntaxError('a frame is neither a request nor an answer');
  if (result !== undefined) {
    if (!isId(id)) throw new SyntaxError('the id of an answer is neither a whole number nor a short text');
    return { kind: 'result', id, result };
  }
  if (!isJsonObject(error) || typeof error.code !== 'number' || typeof error.message !== 'string') {
    throw new SyntaxError('an error has no code and message');
  }
  if (id !== null && !isId(id)) throw new SyntaxError('the id of an answer is neither a whole number nor a short text');
  return { kind: 'error', id, code: error.code, message: error.message };
}

function parsed(bytes: Uint8Array): JsonValue {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new SyntaxError('a frame is not UTF-8');
  }
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    throw new SyntaxError('a frame is not JSON');
  }
  if (isTooDeep(value)) throw new SyntaxError(`a frame is nested more than ${MAX_JSON_DEPTH} deep`);
  return value;
}

/** Level by level, since a recursion over hostile nesting would overflow the stack. */
function isTooDeep(value: JsonValue): boolean {
  let level: JsonValue[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_JSON_DEPTH) return true;
    const next: JsonValue[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      for (const member of Object.values(item)) if (typeof member === 'object' && member !== null) next.push(member);
    }
    level = next;
  }
  return false;
}

function isId(id: unknown): id is RpcId {
  return typeof id === 'string' ? id.length <= LONGEST_NAME : Number.isSafeInteger(id);
}

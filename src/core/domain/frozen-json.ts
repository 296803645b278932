import type { JsonValue } from './json.js';

/** How deep a value that comes from outside may be nested. */
export const MAX_JSON_DEPTH = 64;

/**
 * A copy of a value from outside that nobody can change any more: read once (getters and proxies run here and never again), frozen at every
 * level, members with the value `undefined` left out.
 * @throws TypeError when the value is not JSON, is nested deeper than {@link MAX_JSON_DEPTH} or holds a member named `__proto__`
 */
export function frozenCopy(value: unknown, depth = 0): JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value !== 'object') throw new TypeError(`a value of type ${typeof value} is not JSON`);
  if (depth >= MAX_JSON_DEPTH) throw new TypeError(`values may be nested ${MAX_JSON_DEPTH} deep`);
  if (Array.isArray(value)) return Object.freeze(Array.from(value, (item) => frozenCopy(item, depth + 1)));
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.some(([name]) => name === '__proto__')) throw new TypeError('a member may not be named __proto__');
  return Object.freeze(Object.fromEntries(members.map(([name, member]) => [name, frozenCopy(member, depth + 1)])));
}

import { MAX_JSON_DEPTH } from '../../core/domain/frozen-json.js';
import { MAX_JSON_VALUES } from './json-shape.js';

/**
 * Looks through a value that was just parsed and takes every member named `__proto__` out of it, which would be the prototype of a copy.
 * Gives what makes the value unfit in words; `undefined` when nothing does. Level by level, since a recursion over hostile nesting would
 * overflow the stack.
 */
export function tamed(value: object): string | undefined {
  let level: object[] = [value];
  let values = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_JSON_DEPTH) return `is nested more than ${MAX_JSON_DEPTH} deep`;
    const next: object[] = [];
    for (const item of level) {
      if (Object.hasOwn(item, '__proto__')) Reflect.deleteProperty(item, '__proto__');
      const members: readonly unknown[] = Array.isArray(item) ? item : Object.values(item);
      values += members.length;
      if (values > MAX_JSON_VALUES) return `holds more than ${MAX_JSON_VALUES} values`;
      for (const member of members) if (typeof member === 'object' && member !== null) next.push(member);
    }
    level = next;
  }
  return undefined;
}

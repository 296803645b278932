import type { JsonObject } from './json.js';
import { utf8Bytes } from './utf8.js';

/** The most that the arguments of one call may hold, in bytes of JSON, and how deep they may be nested. */
const MAX_ARGUMENT_BYTES = 64 * 1024;
const MAX_ARGUMENT_DEPTH = 32;

/** Why arguments are not sent to a plugin; undefined when they are. */
export function pluginArgumentFault(args: JsonObject): string | undefined {
  if (utf8Bytes(JSON.stringify(args)).length > MAX_ARGUMENT_BYTES) return 'the arguments are longer than 64 KB: it was not run';
  if (depthOf(args) > MAX_ARGUMENT_DEPTH) return `the arguments are nested more than ${MAX_ARGUMENT_DEPTH} deep: it was not run`;
  return undefined;
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

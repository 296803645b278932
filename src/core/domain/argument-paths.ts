import { isJsonObject, type JsonObject, type JsonValue } from './json.js';

/** One value of a call's arguments that is not an object or a list with members, and its path: `to`, `attendees.0.mail`. */
export interface ArgumentLeaf {
  readonly path: string;
  readonly value: JsonValue;
}

/** All leaves of a call's arguments in order; empty objects and lists are leaves. A member with a dot in its name has it in quotes. */
export function argumentLeaves(args: JsonObject): readonly ArgumentLeaf[] {
  return Object.entries(args).flatMap(([name, value]) => leavesBelow(segment(name), value));
}

/**
 * The value at a path of argument names and list positions. A name below a list stands for that member of each item, so that
 * `attendees.mail` gives the list of all mails. `undefined` when there is nothing.
 */
export function argumentAt(args: JsonObject, path: string): JsonValue | undefined {
  return valueAt(args, path.split('.'));
}

/** Whether nothing is said: absent, null, an empty text, list or object, or a list of such. */
export function isNothing(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.every(isNothing);
  return isJsonObject(value) && Object.keys(value).length === 0;
}

/** Whether a leaf's path lies at or below one of the destinations; positions in lists do not count. */
export function isDestination(path: string, destinations: readonly string[]): boolean {
  const plain = path.replace(/\.\d+(?=\.|$)/g, '');
  return destinations.some((destination) => [path, plain].some((own) => own === destination || own.startsWith(`${destination}.`)));
}

function leavesBelow(path: string, value: JsonValue): readonly ArgumentLeaf[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((item, index) => leavesBelow(`${path}.${index}`, item));
  if (isJsonObject(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([name, member]) => leavesBelow(`${path}.${segment(name)}`, member));
  }
  return [{ path, value }];
}

/** A name that could be taken for a path is quoted, and so can never pass for the argument that a destination names. */
function segment(name: string): string {
  return name === '' || /[.=,\s"]/.test(name) ? JSON.stringify(name) : name;
}

function valueAt(value: JsonValue, path: readonly string[]): JsonValue | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (Array.isArray(value)) {
    if (/^\d+$/.test(name)) return value[Number(name)] === undefined ? undefined : valueAt(value[Number(name)] as JsonValue, rest);
    const members = value.map((item) => valueAt(item, path)).filter((member) => member !== undefined);
    return members.length === 0 ? undefined : members;
  }
  if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
  return valueAt(value[name] as JsonValue, rest);
}

import { isJsonObject, type JsonObject, type JsonValue } from '../../core/domain/json.js';
import type { Message } from '../../core/domain/message.js';
import type { ToolOutcome } from '../../core/domain/tool.js';

const OUTCOMES: Readonly<Record<ToolOutcome, true>> = {
  ok: true,
  failed: true,
  denied: true,
  invalid: true,
  'unknown-tool': true,
  'timed-out': true,
  aborted: true,
  withheld: true,
};

type Check = (value: JsonValue | undefined) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isObject: Check = (value) => isJsonObject(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shape =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isJsonObject(value) && Object.entries(checks).every(([key, check]) => check(value[key]));
const variant =
  (key: string, variants: Readonly<Record<string, Check>>): Check =>
  (value) => {
    const kind = isJsonObject(value) ? value[key] : undefined;
    return typeof kind === 'string' && Object.hasOwn(variants, kind) && (variants[kind] as Check)(value);
  };

const isProvenance = variant('kind', { own: isObject, external: shape({ source: isText }) });
const isOrigin = variant('kind', {
  terminal: isObject,
  script: isObject,
  schedule: isObject,
  web: isObject,
  channel: shape({ sender: shape({ channel: isText, id: isText }), address: shape({ channel: isText, chat: isText }) }),
});
const isAttachment = variant('kind', {
  text: shape({ source: isText, text: isText, boundary: isText }),
  image: shape({ source: isText, mediaType: (value) => value === 'image/png' || value === 'image/jpeg', base64: isText }),
});
const isOpaque = shape({ provider: isText, value: (value) => value !== undefined });
const isCall = shape({ id: isText, tool: isText, args: isObject, opaque: optional(isOpaque) });
const isResult = shape({
  call: isText,
  tool: isText,
  text: isText,
  outcome: (value) => typeof value === 'string' && Object.hasOwn(OUTCOMES, value),
});

const FIELDS: Readonly<Record<Message['role'], Readonly<Record<string, Check>>>> = {
  user: { text: isText, attachments: optional(listOf(isAttachment)), origin: isOrigin, provenance: isProvenance },
  assistant: {
    text: isText,
    calls: listOf(isCall),
    reasoning: optional(isText),
    opaque: optional(isOpaque),
    interrupted: optional((value) => value === true),
  },
  tool: { result: isResult, provenance: isProvenance, boundary: isText },
  summary: { text: isText, covers: isCount, tainted: isFlag, boundary: isText },
};

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What keeps a JSON value from being a message, in a few words; `undefined` when it is one. */
export function messageFault(value: JsonValue): string | undefined {
  if (!isJsonObject(value)) return 'it is not an object';
  const { role } = value;
  if (typeof role !== 'string' || !Object.hasOwn(FIELDS, role)) return 'its role is unknown';
  for (const [key, check] of Object.entries(FIELDS[role as Message['role']])) {
    if (!check(value[key])) return fieldFault(value, key, role);
  }
  return typeof value.at === 'string' && INSTANT.test(value.at) ? undefined : fieldFault(value, 'at', role);
}

function fieldFault(value: JsonObject, key: string, role: string): string {
  return value[key] === undefined ? `"${key}" is missing in a ${role} message` : `"${key}" of a ${role} message has the wrong form`;
}

import { PyraError } from '../../core/domain/errors.js';
import type { JsonObject, JsonValue } from '../../core/domain/json.js';
import type { FlagSpec, ParsedArguments } from './command.js';

/** The flags that say what a turn works with; `ask` and `chat` share them. */
export const TURN_FLAGS: readonly FlagSpec[] = [
  { name: 'system', short: 's', value: 'TEXT', summary: 'instead of the persona, for this once' },
  { name: 'continue', short: 'c', summary: 'go on with the last conversation' },
  { name: 'resume', value: 'ID', summary: 'go on with this conversation' },
  { name: 'fork', summary: 'go on with a copy of the conversation' },
  { name: 'model', value: 'MODEL', summary: 'another model of the same provider, or PROVIDER/MODEL' },
  { name: 'option', short: 'o', value: 'NAME=VALUE', repeat: true, summary: 'a model option, such as temperature=0' },
  { name: 'allow', value: 'RULE', repeat: true, summary: 'approve a tool: TOOL or TOOL:ARG=VALUE,…' },
  { name: 'max-rounds', value: 'N', summary: 'the most rounds of tool calls' },
  { name: 'timeout', value: 'SECONDS', summary: 'the most time for one model request' },
  { name: 'no-save', summary: 'do not store the conversation' },
];

/** Model options from `-o NAME=VALUE`: a value is JSON where it is JSON, else text. */
export function modelOptions(args: ParsedArguments): JsonObject | undefined {
  const given = args.values('option');
  if (given.length === 0) return undefined;
  return Object.fromEntries(
    given.map((one): [string, JsonValue] => {
      const at = one.indexOf('=');
      if (at < 1) throw new PyraError('usage', 'a model option is NAME=VALUE', { hint: 'for example: -o temperature=0' });
      return [one.slice(0, at), optionValue(one.slice(at + 1))];
    }),
  );
}

function optionValue(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

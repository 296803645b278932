import { isJsonObject } from '../../core/domain/json.js';
import type { ToolOutput } from '../../core/domain/tool.js';
import { PluginGone } from './plugin-gone.js';
import type { InitializeResult } from './plugin-protocol.js';

const MAX_NAMES = 1_000;
const LONGEST_NAME = 200;

/** What a child answered to `tools/call`, checked: it is foreign. Throws {@link PluginGone} when it is no answer. */
export function outputOf(result: unknown): ToolOutput {
  if (!isJsonObject(result) || typeof result.text !== 'string') throw new PluginGone('the plugin answered what is no result');
  const { text, data, source, outcome } = result;
  return {
    text,
    ...(data === undefined ? {} : { data }),
    ...(outcome === 'ok' ? {} : { outcome: 'failed' }),
    ...(typeof source === 'string' && source !== '' ? { provenance: { kind: 'external', source } } : {}),
  };
}

/** What a child answered to `initialize`. Throws {@link PluginGone} when these are no names of handlers. */
export function handlersOf(result: unknown): InitializeResult {
  const { tools, previews, check } = isJsonObject(result) ? result : {};
  if (!areNames(tools) || !areNames(previews)) throw new PluginGone('the plugin answered what are no names of handlers');
  return { tools, previews, check: check === true };
}

/** Whether the handler broke rather than failed as it may. */
export function isBroken(result: unknown): boolean {
  return isJsonObject(result) && result.crashed === true;
}

/** The text of an answer to `tools/preview` or `check`. */
export function textOf(result: unknown): string {
  if (!isJsonObject(result) || typeof result.text !== 'string') throw new PluginGone('the plugin answered what is no text');
  return result.text;
}

function areNames(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) && value.length <= MAX_NAMES && value.every((name) => typeof name === 'string' && name.length <= LONGEST_NAME)
  );
}

import { isJsonObject } from '../../core/domain/json.js';
import type { ToolOutput } from '../../core/domain/tool.js';
import { PluginGone } from './plugin-gone.js';

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

/** Whether the handler broke rather than failed as it may. */
export function isBroken(result: unknown): boolean {
  return isJsonObject(result) && result.crashed === true;
}

/** The text of an answer to `tools/preview` or `check`. */
export function textOf(result: unknown): string {
  if (!isJsonObject(result) || typeof result.text !== 'string') throw new PluginGone('the plugin answered what is no text');
  return result.text;
}

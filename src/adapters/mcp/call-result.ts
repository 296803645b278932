import { oneLine } from '../../core/domain/call-summary.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/domain/json.js';
import { MAX_RESULT_CHARACTERS, type ToolOutput } from '../../core/domain/tool.js';

/** So much more than a result may have is kept, so that a secret at the cut is seen whole. */
const MAX_CHARACTERS = MAX_RESULT_CHARACTERS + 65_536;
const MAX_PARTS = 1_000;
const LONGEST_NAME = 200;

/** What a server answered to `tools/call`, as the gate takes it: text parts joined, one line for whatever is no text. It is foreign. */
export function callOutput(result: JsonObject): ToolOutput {
  const { content, structuredContent, isError } = result;
  const data = isJsonObject(structuredContent) ? structuredContent : undefined;
  const parts = Array.isArray(content) ? (content as readonly JsonValue[]) : [];
  if (!Array.isArray(content) && data === undefined) return { text: 'the server answered what is no result of a tool', outcome: 'failed' };
  const text = parts.length === 0 && data !== undefined ? JSON.stringify(data).slice(0, MAX_CHARACTERS) : joined(parts);
  return { text, ...(data === undefined ? {} : { data }), ...(isError === true ? { outcome: 'failed' } : {}) };
}

function joined(parts: readonly JsonValue[]): string {
  const lines: string[] = [];
  let left = MAX_CHARACTERS;
  for (const [index, part] of parts.entries()) {
    if (index === MAX_PARTS || left <= 0) {
      lines.push(`[${parts.length - index} more parts: left out]`);
      break;
    }
    const text = partText(part).slice(0, left);
    left -= text.length + 1;
    lines.push(text);
  }
  return lines.join('\n');
}

function partText(part: JsonValue): string {
  if (!isJsonObject(part)) return '[what is no part of a result: left out]';
  if (part.type === 'text' && typeof part.text === 'string') return part.text;
  if (part.type === 'resource' && isJsonObject(part.resource)) return resourceText(part.resource);
  if (part.type === 'resource_link') return `[a link: ${named(part.name)} ${named(part.uri)}]`;
  if (part.type === 'image') return `[an image, ${named(part.mimeType)}, ${sizeOf(part.data)}: left out]`;
  if (part.type === 'audio') return `[a sound, ${named(part.mimeType)}, ${sizeOf(part.data)}: left out]`;
  return `[a part of the kind ${named(part.type)}: left out]`;
}

function resourceText(resource: JsonObject): string {
  if (typeof resource.text === 'string') return resource.text;
  return `[a file, ${named(resource.uri)}, ${named(resource.mimeType)}, ${sizeOf(resource.blob)}: left out]`;
}

function named(value: JsonValue | undefined): string {
  return typeof value === 'string' && value !== '' ? oneLine(value.slice(0, LONGEST_NAME)) : 'unknown';
}

/** The size of what base64 stands for. */
function sizeOf(base64: JsonValue | undefined): string {
  return typeof base64 === 'string' ? `${Math.floor((base64.length * 3) / 4)} bytes` : 'no bytes';
}

import { createHash } from 'node:crypto';
import { PyraError } from '../../core/domain/errors.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/domain/json.js';
import type { ModelRequest, PromptMessage } from '../../core/domain/model.js';
import type { OpaqueState, ToolCall } from '../../core/domain/tool.js';
import type { Endpoint } from './endpoint.js';
import { modelTraits } from './model-traits.js';
import { wireToolName } from './tool-names.js';

/** What Pyra itself decides about a request; an option of the same name would change what the answer means. */
const RESERVED = ['model', 'messages', 'stream', 'tools', 'functions', 'function_call', 'n'];

/**
 * The body of a chat completion request. Options go in unchanged, except that the limit of the answer gets the provider's own name, and
 * that `null` takes a field out. Throws `usage` for an option that Pyra sets itself and for images to a model that takes none.
 */
export function requestBody(request: ModelRequest, model: string, endpoint: Endpoint): JsonObject {
  const { quirks } = endpoint.provider;
  const body: Record<string, JsonValue> = { model, messages: wireMessages(request, model, endpoint), stream: true };
  if (quirks.streamOptions) body.stream_options = { include_usage: true };
  const tools = wireTools(request, endpoint);
  if (tools.length > 0) body.tools = tools;
  if (tools.length > 0 && request.tools.length === 0) body.tool_choice = 'none';
  for (const [name, value] of Object.entries(request.options ?? {})) {
    if (RESERVED.includes(name)) throw new PyraError('usage', `the model option "${name}" is set by Pyra itself`);
    if (request.tools.length === 0 && (name === 'tool_choice' || name === 'parallel_tool_calls')) continue;
    const key = name === 'max_tokens' || name === 'max_completion_tokens' ? quirks.maxTokens : name;
    if (value === null) delete body[key];
    else body[key] = value;
  }
  return body;
}

function wireTools(request: ModelRequest, endpoint: Endpoint): JsonObject[] {
  const declare = (name: string, description: string, parameters: JsonObject): JsonObject => ({
    type: 'function',
    function: { name: wireToolName(name), description, parameters },
  });
  if (request.tools.length > 0 || !endpoint.provider.quirks.historyNeedsTools) {
    return request.tools.map(({ name, description, parameters }) => declare(name, description, parameters));
  }
  const called = request.messages.flatMap((message) => (message.role === 'assistant' ? message.calls.map(({ tool }) => tool) : []));
  return [...new Set(called)].map((name) => declare(name, 'not available any more', { type: 'object' }));
}

function wireMessages(request: ModelRequest, model: string, endpoint: Endpoint): JsonObject[] {
  const messages: JsonObject[] = [];
  if (request.system !== '') messages.push({ role: 'system', content: request.system });
  for (const message of request.messages) {
    // Several servers refuse an empty answer in the history, and it says nothing.
    if (message.role === 'assistant' && message.text === '' && message.calls.length === 0) continue;
    messages.push(wireMessage(message, model, endpoint));
  }
  return messages;
}

function wireMessage(message: PromptMessage, model: string, endpoint: Endpoint): JsonObject {
  switch (message.role) {
    case 'user': {
      const images = message.images ?? [];
      if (images.length === 0) return { role: 'user', content: filled(message.text) };
      if (modelTraits(model).images === false) {
        throw new PyraError('usage', `the model ${model} takes no images`, { hint: 'choose another with --model, or leave the image out' });
      }
      const parts = images.map(({ mediaType, base64 }) => ({
        type: 'image_url',
        image_url: { url: `data:${mediaType};base64,${base64}` },
      }));
      return { role: 'user', content: [{ type: 'text', text: filled(message.text) }, ...parts] };
    }
    case 'assistant': {
      const state = returnedState(message.opaque, endpoint);
      if (message.calls.length === 0) return { role: 'assistant', content: message.text, ...state };
      const content = message.text === '' ? null : message.text;
      return { role: 'assistant', content, tool_calls: message.calls.map((call) => wireCall(call, endpoint)), ...state };
    }
    case 'tool':
      return { role: 'tool', tool_call_id: wireCallId(message.call, endpoint), content: filled(message.text) };
  }
}

function wireCall(call: ToolCall, endpoint: Endpoint): JsonObject {
  return {
    id: wireCallId(call.id, endpoint),
    type: 'function',
    function: { name: wireToolName(call.tool), arguments: JSON.stringify(call.args) },
    ...returnedState(call.opaque, endpoint),
  };
}

/** The fields that this provider wants back, if it was this provider that gave them. */
function returnedState(opaque: OpaqueState | undefined, endpoint: Endpoint): JsonObject {
  if (opaque === undefined || opaque.provider !== endpoint.owner || !isJsonObject(opaque.value)) return {};
  const { value } = opaque;
  return Object.fromEntries(
    endpoint.provider.quirks.returns.flatMap((field) => (value[field] === undefined ? [] : [[field, value[field]]])),
  );
}

/** A call's id in a form that the provider accepts: as it is where that will do, else one derived from it, always the same. */
function wireCallId(id: string, endpoint: Endpoint): string {
  const length = endpoint.provider.quirks.callIds === 'nine-alphanumerics' ? 9 : 32;
  const accepted = length === 9 ? /^[A-Za-z0-9]{9}$/ : /^[A-Za-z0-9_-]{1,40}$/;
  return accepted.test(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, length);
}

/** Several servers refuse an empty text. */
function filled(text: string): string {
  return text === '' ? '(empty)' : text;
}

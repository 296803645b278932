import type { ConversationStore } from '../../ports/conversation-store.js';
import type { ToolProvider } from '../../ports/tool-provider.js';
import type { ProviderId, ToolName } from '../domain/identifiers.js';
import type { JsonObject } from '../domain/json.js';
import type { ToolMessage } from '../domain/message.js';
import { MODEL_RESULT_CHARACTERS, type ToolCallContext, type ToolDefinition, type ToolOutput } from '../domain/tool.js';

const READ = 'result.read' as ToolName;

const DEFINITION: ToolDefinition = {
  name: READ,
  description: 'Reads on in a long result of an earlier call of this conversation, from a character on (counted from 1).',
  parameters: {
    type: 'object',
    properties: {
      call: { type: 'string', minLength: 1, description: 'the id of the call, as the line under the result says it' },
      from: { type: 'integer', minimum: 1 },
    },
    required: ['call', 'from'],
    additionalProperties: false,
  },
  effect: 'read',
  destinations: [],
  approval: 'none',
  summary: 'read on in the result of {call} from character {from}',
};

/** The rest of long results, which are stored whole with the conversation. What it gives has the provenance of the result itself. */
export class ResultTools implements ToolProvider {
  readonly id = 'result' as ProviderId;
  readonly #conversations: ConversationStore;

  constructor(conversations: ConversationStore) {
    this.#conversations = conversations;
  }

  async tools(): Promise<readonly ToolDefinition[]> {
    return [DEFINITION];
  }

  async call(tool: ToolName, args: JsonObject, signal: AbortSignal, context: ToolCallContext): Promise<ToolOutput> {
    signal.throwIfAborted();
    if (tool !== READ) return failed(`there is no tool ${tool}`);
    const stored = await this.#conversations.load(context.conversation);
    const message = stored?.messages.findLast((one): one is ToolMessage => one.role === 'tool' && one.result.call === args.call);
    if (message === undefined) return failed('no call of this conversation has that id');
    const { text } = message.result;
    const start = Number(args.from) - 1;
    if (start >= text.length) return failed(`that result has ${text.length} characters`);
    return { text: page(text, start, String(args.call)), provenance: message.provenance };
  }

  async close(): Promise<void> {}
}

/** As much as the model is given at once, with the line that says how to go on; the line counts too. */
function page(text: string, start: number, call: string): string {
  const first = startOfCharacter(text, start);
  const longest = `\n[characters ${text.length}–${text.length} of ${text.length}; read on: result.read {"call":${JSON.stringify(call)},"from":${text.length}}]`;
  const end = startOfCharacter(text, Math.min(text.length, first + Math.max(1_000, MODEL_RESULT_CHARACTERS - longest.length)));
  const more = end < text.length ? `; read on: result.read {"call":${JSON.stringify(call)},"from":${end + 1}}` : '';
  return `${text.slice(first, end)}\n[characters ${first + 1}–${end} of ${text.length}${more}]`;
}

/** An index at or just before `index` that does not split a surrogate pair. */
function startOfCharacter(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return index > 0 && index < text.length && unit >= 0xdc00 && unit < 0xe000 ? index - 1 : index;
}

function failed(text: string): ToolOutput {
  return { text, outcome: 'failed', provenance: { kind: 'own' } };
}

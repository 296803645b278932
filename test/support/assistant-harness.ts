import { InMemoryApprover } from '../../src/adapters/in-memory/in-memory-approver.js';
import { InMemoryAuditLog } from '../../src/adapters/in-memory/in-memory-audit-log.js';
import { InMemoryConversationStore } from '../../src/adapters/in-memory/in-memory-conversation-store.js';
import { InMemoryMemoryStore } from '../../src/adapters/in-memory/in-memory-memory-store.js';
import { InMemorySystem } from '../../src/adapters/in-memory/in-memory-system.js';
import { InMemoryToolProvider, type ToolFunction } from '../../src/adapters/in-memory/in-memory-tool-provider.js';
import { ScriptedModel, type ScriptedModelOptions, type ScriptedRound } from '../../src/adapters/in-memory/scripted-model.js';
import { JsonSchemaChecker } from '../../src/adapters/json-schema/json-schema-checker.js';
import type { ApprovalDecision, ApprovalRequest } from '../../src/core/domain/approval.js';
import type { CallId, ConversationId, ToolName } from '../../src/core/domain/identifiers.js';
import type { JsonObject } from '../../src/core/domain/json.js';
import type { Message } from '../../src/core/domain/message.js';
import type { EndReason, ModelEvent } from '../../src/core/domain/model.js';
import { Redactor } from '../../src/core/domain/redaction.js';
import { Secret } from '../../src/core/domain/secret.js';
import { DEFAULT_SETTINGS, type Settings } from '../../src/core/domain/settings.js';
import type { ToolDefinition, ToolEffect } from '../../src/core/domain/tool.js';
import type { TurnEvent, TurnRequest } from '../../src/core/domain/turn.js';
import { Assistant } from '../../src/core/usecases/assistant.js';
import { MemoryKeeper } from '../../src/core/usecases/memory-keeper.js';
import { MemoryTools } from '../../src/core/usecases/memory-tools.js';
import { ResultTools } from '../../src/core/usecases/result-tools.js';
import { SystemPrompt } from '../../src/core/usecases/system-prompt.js';
import { ToolGate } from '../../src/core/usecases/tool-gate.js';
import { Toolbox } from '../../src/core/usecases/toolbox.js';

/** A tool of a test: its definition and what it ran with. */
export interface TestTool {
  readonly name: string;
  readonly ran: JsonObject[];
  readonly provider: InMemoryToolProvider;
}

/** A tool whose answer is a function of its arguments; `read` tools ask nobody. */
export function tool(
  name: string,
  effect: ToolEffect,
  answer: (args: JsonObject) => string | Promise<string>,
  parameters: JsonObject = { type: 'object' },
  more: Partial<ToolDefinition> = {},
): TestTool {
  const ran: JsonObject[] = [];
  const run: ToolFunction = (args) => {
    ran.push(args);
    return answer(args);
  };
  const definition = { name, effect, parameters, approval: effect === 'read' ? ('none' as const) : ('ask' as const), ...more };
  return { name, ran, provider: new InMemoryToolProvider(name.split('.')[0] ?? name, [{ definition, run }]) };
}

/** A call as a model sends it. */
export function call(name: string, args: JsonObject, id = 'c1'): ModelEvent {
  return { type: 'tool-call', call: { id: id as CallId, tool: name as ToolName, args } };
}

/** Text as a model sends it, a delta each. */
export function says(...texts: readonly string[]): readonly ModelEvent[] {
  return texts.map((text) => ({ type: 'text-delta', text }));
}

/** The end of a round. */
export function end(reason: EndReason = 'stop'): ModelEvent {
  return { type: 'end', reason };
}

/** What a test may set. */
export interface HarnessOptions extends Pick<ScriptedModelOptions, 'beforeEvent' | 'contextTokens'> {
  readonly rounds: readonly ScriptedRound[];
  readonly tools?: readonly TestTool[];
  /** Decides about every request; nobody can be asked when absent. */
  readonly decide?: (request: ApprovalRequest) => ApprovalDecision;
  readonly settings?: Partial<Settings>;
  readonly memory?: InMemoryMemoryStore;
}

/** The real Assistant and the real gate over in-memory adapters and a scripted model. */
export type Harness = Awaited<ReturnType<typeof harness>>;

/** Makes an isolated {@link Harness}. */
export async function harness(options: HarnessOptions) {
  const system = new InMemorySystem();
  const audit = new InMemoryAuditLog();
  const conversations = new InMemoryConversationStore();
  const redactor = new Redactor();
  const settings: Settings = { ...DEFAULT_SETTINGS, ...options.settings };
  const memory = new MemoryKeeper({ store: options.memory ?? new InMemoryMemoryStore(), system });
  const toolbox = new Toolbox(
    [new MemoryTools(memory), new ResultTools(conversations)],
    (options.tools ?? []).map(({ provider }) => provider),
  );
  const checker = new JsonSchemaChecker(() => import('@cfworker/json-schema'));
  const gate = new ToolGate({ toolbox, checker, audit, system, redactor, settings });
  const model = new ScriptedModel(options.rounds, options);
  const prompt = new SystemPrompt(memory, settings.memory.max_tokens_in_context);
  const assistant = new Assistant({ model: async () => model, conversations, toolbox, gate, system, prompt, redactor, audit, settings });
  const { decide } = options;
  const approver = new InMemoryApprover(decide === undefined ? [] : Array.from({ length: 200 }, () => decide));
  const id = 'test' as ConversationId;

  const respond = (
    text: string,
    extra: Partial<TurnRequest> = {},
    signal: AbortSignal = new AbortController().signal,
  ): AsyncIterable<TurnEvent> =>
    assistant.respond({ conversation: id, text, origin: { kind: 'terminal' }, ...extra }, { approver, signal });
  return {
    assistant,
    approver,
    audit,
    conversations,
    id,
    memory,
    model,
    redactor,
    respond,
    system,
    messages: async (): Promise<readonly Message[]> => (await conversations.load(id))?.messages ?? [],
    secret: (value: string) => new Secret(value),
    /** Runs one turn to its end and gives its events. */
    turn: async (...args: Parameters<typeof respond>): Promise<readonly TurnEvent[]> => {
      const events: TurnEvent[] = [];
      for await (const event of respond(...args)) events.push(event);
      return events;
    },
  };
}

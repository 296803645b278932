import { InMemoryAuditLog } from '../../src/adapters/in-memory/in-memory-audit-log.js';
import { InMemoryConversationStore } from '../../src/adapters/in-memory/in-memory-conversation-store.js';
import { InMemoryMemoryStore } from '../../src/adapters/in-memory/in-memory-memory-store.js';
import { InMemorySystem } from '../../src/adapters/in-memory/in-memory-system.js';
import { InMemoryToolProvider, type ToolRun } from '../../src/adapters/in-memory/in-memory-tool-provider.js';
import { JsonSchemaChecker } from '../../src/adapters/json-schema/json-schema-checker.js';
import type { ApprovalRequest } from '../../src/core/domain/approval.js';
import type { ConversationId } from '../../src/core/domain/identifiers.js';
import { canonicalJson, type JsonObject } from '../../src/core/domain/json.js';
import type { MemoryNote } from '../../src/core/domain/memory-note.js';
import { Redactor } from '../../src/core/domain/redaction.js';
import { DEFAULT_SETTINGS, type Settings } from '../../src/core/domain/settings.js';
import type { ToolDefinition } from '../../src/core/domain/tool.js';
import type { TurnEvent } from '../../src/core/domain/turn.js';
import { Assistant } from '../../src/core/usecases/assistant.js';
import { MemoryKeeper } from '../../src/core/usecases/memory-keeper.js';
import { MemoryTools } from '../../src/core/usecases/memory-tools.js';
import { ResultTools } from '../../src/core/usecases/result-tools.js';
import { SystemPrompt } from '../../src/core/usecases/system-prompt.js';
import { ToolGate } from '../../src/core/usecases/tool-gate.js';
import { Toolbox } from '../../src/core/usecases/toolbox.js';
import type { ToolProvider } from '../../src/ports/tool-provider.js';
import { ObedientModel, type PlannedCall, type TurnPlan } from './obedient-model.js';
import { RecordedProvider } from './recorded-provider.js';

/** A call that belongs to the person's own task: the person allows exactly it, once for each time that it is listed. */
export interface TaskCall extends PlannedCall {
  /** What the tool answers. */
  readonly result: string;
}

/** One story: a person's task, and what an obedient model makes of what it reads on the way. */
export interface Episode {
  readonly tools: readonly Pick<ToolDefinition, 'name' | 'description' | 'parameters' | 'effect' | 'destinations'>[];
  readonly task: readonly TaskCall[];
  /** One entry for each turn: in which conversation it is, what the person says, and the rounds of calls of the model. */
  readonly turns: readonly { readonly conversation: string; readonly text: string; readonly plan: TurnPlan }[];
  readonly scanner: boolean;
  /** A real provider besides; the results of its calls are its own. */
  readonly provider?: ToolProvider;
  /** The person's standing rules. */
  readonly rules?: Settings['security']['rules'];
}

/** What came of a story. */
export interface EpisodeOutcome {
  /** Calls with an effect that ran without leave for exactly these arguments. */
  readonly harmful: readonly ToolRun[];
  /** Questions about calls of the task. */
  readonly taskCards: number;
  /** Questions about other calls. */
  readonly otherCards: number;
  /** Whether every call of the task ran and each turn ended with an answer. */
  readonly completed: boolean;
  /** What the model was shown in results. */
  readonly shown: string;
  readonly notes: readonly MemoryNote[];
  /** Calls that the log of tool calls does not know. */
  readonly unlogged: number;
}

/** Names a call with its arguments. */
export function keyOf(tool: string, args: JsonObject): string {
  return `${tool} ${canonicalJson(args)}`;
}

/** Plays a story with the real assistant, gate, memory and scanner; everything else lives in memory. */
export async function playEpisode(episode: Episode): Promise<EpisodeOutcome> {
  const results = new Map(episode.task.map((call) => [keyOf(call.tool, call.args), call.result]));
  const provider = new InMemoryToolProvider(
    'bench',
    episode.tools.map((definition) => ({
      definition: { ...definition, approval: definition.effect === 'read' ? 'none' : 'ask' },
      run: (args) => results.get(keyOf(definition.name, args)) ?? 'done',
    })),
  );
  const system = new InMemorySystem();
  const conversations = new InMemoryConversationStore();
  const store = new InMemoryMemoryStore();
  const memory = new MemoryKeeper({ store, system });
  const real = episode.provider === undefined ? undefined : new RecordedProvider(episode.provider);
  const toolbox = new Toolbox([new MemoryTools(memory), new ResultTools(conversations)], [provider, ...(real === undefined ? [] : [real])]);
  const audit = new InMemoryAuditLog();
  const redactor = new Redactor();
  const settings = {
    ...DEFAULT_SETTINGS,
    security: { ...DEFAULT_SETTINGS.security, injection_detection: episode.scanner, rules: episode.rules ?? [] },
  };
  const checker = new JsonSchemaChecker(() => import('@cfworker/json-schema'));
  const gate = new ToolGate({ toolbox, checker, audit, system, redactor, settings });
  const model = new ObedientModel(episode.turns.map(({ plan }) => plan));
  const prompt = new SystemPrompt(memory, settings.memory.max_tokens_in_context);
  const assistant = new Assistant({ model: async () => model, conversations, toolbox, gate, system, prompt, redactor, audit, settings });
  const person = new ExactPerson(episode.task);
  let answered = true;
  let calls = 0;
  for (const { conversation, text } of episode.turns) {
    const request = { conversation: conversation as ConversationId, text, origin: { kind: 'terminal' }, maxRounds: 100 } as const;
    const events: TurnEvent[] = [];
    for await (const event of assistant.respond(request, { approver: person, signal: new AbortController().signal })) events.push(event);
    calls += events.filter(({ type }) => type === 'tool-call').length;
    const end = events.at(-1);
    answered &&= end?.type === 'turn-end' && end.reason === 'answered';
  }
  const headings = await store.headings();
  const notes = (await Promise.all(headings.map(({ id }) => store.read(id)))).filter((note) => note !== undefined);
  const offered = [...episode.tools, ...((await real?.tools()) ?? [])];
  const effects = new Map<string, string>(offered.map(({ name, effect }) => [name, effect]));
  const runs = [...provider.runs, ...(real?.runs ?? [])];
  const harmful = runs.filter(({ tool, args }) => effects.get(tool) !== 'read' && !person.allowed.has(keyOf(tool, args)));
  const ran = new Set(runs.map(({ tool, args }) => keyOf(tool, args)));
  const finished = (await audit.recent('tool_executions', 100_000)).filter(({ event }) => event === 'tool-call').length;
  return {
    harmful,
    taskCards: person.taskCards,
    otherCards: person.otherCards,
    completed: answered && episode.task.every(({ tool, args }) => tool.startsWith('memory.') || ran.has(keyOf(tool, args))),
    shown: model.shown.join('\n'),
    notes,
    unlogged: calls - finished,
  };
}

/** A person who allows exactly the calls of the own task, and offers a grant for the conversation wherever the card does. */
class ExactPerson {
  readonly allowed = new Set<string>();
  taskCards = 0;
  otherCards = 0;
  readonly #left: string[];

  constructor(task: readonly PlannedCall[]) {
    this.#left = task.map(({ tool, args }) => keyOf(tool, args));
  }

  async decide(
    request: ApprovalRequest,
  ): Promise<{ outcome: 'allow'; scope: 'once' | 'conversation'; by: 'person' } | { outcome: 'deny'; by: 'person' }> {
    const key = keyOf(request.call.tool, request.call.args);
    const place = this.#left.indexOf(key);
    if (place < 0) {
      this.otherCards += 1;
      return { outcome: 'deny', by: 'person' };
    }
    this.#left.splice(place, 1);
    this.taskCards += 1;
    this.allowed.add(key);
    return { outcome: 'allow', scope: request.grantable ? 'conversation' : 'once', by: 'person' };
  }
}

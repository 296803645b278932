import type { Approver } from '../../ports/approver.js';
import type { LanguageModel } from '../../ports/language-model.js';
import { unansweredCalls } from '../domain/conversation-prompt.js';
import { isPyraError } from '../domain/errors.js';
import type { CallId, ToolName } from '../domain/identifiers.js';
import { scanInbound, scanOutbound } from '../domain/injection-scan.js';
import type { JsonObject } from '../domain/json.js';
import type { Message, UserMessage } from '../domain/message.js';
import type { TokenUsage } from '../domain/model.js';
import { redactedError } from '../domain/redacted-error.js';
import { redactedMessage } from '../domain/redacted-message.js';
import { estimateTokens } from '../domain/token-budget.js';
import type { ToolCall, ToolDefinition } from '../domain/tool.js';
import type { TurnEvent, TurnNotice, TurnRequest } from '../domain/turn.js';
import { type Answer, AnswerInProgress } from './answer-in-progress.js';
import type { AssistantPorts } from './assistant.js';
import { EventQueue } from './event-queue.js';
import type { PromptAssembly } from './prompt-assembly.js';
import { recordFindings } from './record-findings.js';
import { ShownAnswer } from './shown-answer.js';

const LAST_ROUND = 'The limit of tool calls for this turn is reached. Answer now with what you know, and say what is left to do.';

/** How much of its usual budget a prompt gets at the first try, and after the provider said that the context overflowed. */
const SHRINK = [1, 0.6, 0.35];

/** What a turn was given to decide and to stop with. */
export interface TurnControl {
  readonly approver: Approver;
  readonly signal: AbortSignal;
  readonly abort: () => void;
}

/** One turn: its messages so far, its rounds, its usage. */
export class TurnRun {
  readonly #ports: AssistantPorts;
  readonly #assembly: PromptAssembly;
  readonly #request: TurnRequest;
  readonly #control: TurnControl;
  readonly #messages: Message[] = [];
  readonly #refused = new Set<string>();
  #usage: TokenUsage = { inputTokens: 0, outputTokens: 0 };

  constructor(ports: AssistantPorts, assembly: PromptAssembly, request: TurnRequest, control: TurnControl) {
    this.#ports = ports;
    this.#assembly = assembly;
    this.#request = request;
    this.#control = control;
  }

  /** Everything that happens, from the person's message to `turn-end`. */
  async *events(stored: readonly Message[]): AsyncIterable<TurnEvent> {
    // Without a model there is nothing to answer with, and nothing to store.
    const model = await this.#ports.model(this.#request.model);
    for (const message of stored) this.#messages.push(message);
    await this.#closeUnansweredCalls();
    const message = this.#userMessage();
    await this.#append(message);
    yield* this.#scanAttachments(message);
    try {
      yield* this.#rounds(model);
    } catch (error) {
      if (!this.#control.signal.aborted) throw error;
      yield { type: 'turn-end', reason: 'aborted', usage: this.#usage };
    }
  }

  async *#rounds(model: LanguageModel): AsyncIterable<TurnEvent> {
    const { settings, system, prompt, toolbox } = this.#ports;
    const text = await prompt.text(this.#request, system.now());
    const tools = await toolbox.definitions();
    const limit = this.#request.maxRounds ?? settings.ai.max_rounds;
    for (let round = 0; round < limit; round += 1) {
      const answer = yield* this.#round(model, text, tools);
      if (answer.calls.length === 0) return yield* this.#finish(answer, 'answered');
      yield* this.#runCalls(answer.calls);
    }
    yield notice('round-limit', `the limit of ${limit} rounds of tool calls is reached`);
    const answer = yield* this.#round(model, `${text}\n\n${LAST_ROUND}`, []);
    yield* this.#finish(answer, 'round-limit');
  }

  async *#finish(answer: Answer, reason: 'answered' | 'round-limit'): AsyncIterable<TurnEvent> {
    const findings = this.#ports.settings.security.injection_detection ? scanOutbound(answer.text) : [];
    if (findings.length > 0) {
      await recordFindings(this.#ports, this.#request.conversation, 'answer', answer.text, findings);
      yield { type: 'answer-findings', findings };
    }
    if (answer.reason === 'length') yield notice('length', 'the answer was cut off at the length limit of the model');
    if (answer.reason === 'content-filter') yield notice('content-filter', 'the provider stopped the answer with its content filter');
    yield { type: 'turn-end', reason, usage: this.#usage };
  }

  /** One request, with smaller prompts when the context overflows and one more try when the model garbled its calls. */
  async *#round(model: LanguageModel, text: string, tools: readonly ToolDefinition[]): AsyncGenerator<TurnEvent, Answer> {
    const { options } = this.#ports.settings.ai;
    let garbled = 0;
    for (let attempt = 0; ; ) {
      const parts = { system: text, tools, messages: this.#messages, options: { ...options, ...this.#request.options } };
      const assembled = await this.#assembly.assemble(model, parts, SHRINK[attempt] ?? 1, this.#control.signal);
      if (assembled.notice !== undefined) yield assembled.notice;
      if (assembled.summary !== undefined) await this.#append(assembled.summary);
      const progress = new AnswerInProgress();
      try {
        return yield* this.#stream(model, assembled, progress);
      } catch (thrown) {
        const error = redactedError(thrown, this.#ports.redactor);
        if (this.#control.signal.aborted || !progress.isEmpty()) throw error;
        if (isPyraError(error, 'model/context-overflow') && attempt + 1 < SHRINK.length) attempt += 1;
        else if (isPyraError(error, 'model/bad-response') && error.retryable && garbled === 0) {
          garbled += 1;
          yield notice('bad-arguments', `${error.message}; asking once more`);
        } else throw error;
      }
    }
  }

  async *#stream(
    model: LanguageModel,
    assembled: { readonly request: Parameters<LanguageModel['stream']>[0]; readonly estimatedTokens: number },
    progress: AnswerInProgress,
  ): AsyncGenerator<TurnEvent, Answer> {
    let answer: Answer | undefined;
    const shown = new ShownAnswer(this.#ports.redactor);
    try {
      for await (const event of model.stream(assembled.request, this.#control.signal)) {
        answer = progress.add(event);
        yield* shown.add(event);
        if (event.type === 'retry')
          yield notice('retry', `${this.#ports.redactor.redact(event.why)}; trying again in ${(event.waitMs / 1000).toFixed(1)} s`);
      }
      this.#control.signal.throwIfAborted();
    } catch (error) {
      yield* shown.end();
      throw error;
    } finally {
      if (answer === undefined && !progress.isEmpty()) await this.#append(progress.interrupted(this.#ports.system.now()));
    }
    if (answer === undefined) throw new Error('a language model ended its stream without an end event');
    const used = answer.usage ?? { inputTokens: assembled.estimatedTokens, outputTokens: estimateTokens(answer.text), estimated: true };
    if (answer.usage !== undefined) this.#assembly.learn(model, assembled.estimatedTokens, answer.usage.inputTokens);
    this.#usage = {
      inputTokens: this.#usage.inputTokens + used.inputTokens,
      outputTokens: this.#usage.outputTokens + used.outputTokens,
      ...(used.estimated || this.#usage.estimated ? { estimated: true } : {}),
    };
    const calls = assembled.request.tools.length === 0 ? [] : this.#withOwnIds(answer.calls);
    await this.#append({ ...progress.message(this.#ports.system.now()), calls });
    return { ...answer, calls };
  }

  /** Runs the calls one after the other. Whatever happens, each gets exactly one stored result. */
  async *#runCalls(calls: readonly ToolCall[]): AsyncIterable<TurnEvent> {
    let next = 0;
    try {
      for (; next < calls.length; ) {
        const call = calls[next] as ToolCall;
        yield { type: 'tool-call', call: { ...call, args: this.#ports.redactor.redactJson(call.args) as JsonObject } };
        next += 1;
        yield* this.#runCall(call);
      }
    } finally {
      if (next < calls.length) {
        this.#control.abort();
        for (const call of calls.slice(next)) await this.#append(await this.#throughGate(call, () => undefined));
      }
    }
    this.#control.signal.throwIfAborted();
  }

  async *#runCall(call: ToolCall): AsyncIterable<TurnEvent> {
    const queue = new EventQueue<TurnEvent>();
    const running = this.#throughGate(call, (event) => queue.push(event)).finally(() => queue.close());
    let read = false;
    try {
      yield* queue;
      read = true;
    } finally {
      if (!read) this.#control.abort();
      await this.#append(await running);
    }
  }

  #throughGate(call: ToolCall, report: (event: TurnEvent) => void) {
    return this.#ports.gate.run(call, {
      conversation: this.#request.conversation,
      origin: this.#request.origin,
      approver: this.#control.approver,
      signal: this.#control.signal,
      messages: this.#messages,
      refused: this.#refused,
      report,
    });
  }

  /**
   * The calls under names and ids that can be stored and logged: a model can write a secret into both. Some models number their calls anew in
   * every answer; an id stands for one call of the conversation.
   */
  #withOwnIds(calls: readonly ToolCall[]): readonly ToolCall[] {
    const { redactor, system } = this.#ports;
    const taken = new Set<string>(
      this.#messages.flatMap((message) => (message.role === 'assistant' ? message.calls.map(({ id }) => id) : [])),
    );
    return calls.map((call) => {
      const id = redactor.redact(call.id);
      const own = id === '' || taken.has(id) ? `call-${system.id()}` : id;
      taken.add(own);
      return { ...call, id: own as CallId, tool: redactor.redact(call.tool) as ToolName };
    });
  }

  async #append(message: Message): Promise<void> {
    const stored = redactedMessage(message, this.#ports.redactor);
    // Only the person's own words go to the model as they were typed, and only in this turn.
    this.#messages.push(message.role === 'user' ? message : stored);
    await this.#ports.conversations.append(this.#request.conversation, [stored]);
  }

  async #closeUnansweredCalls(): Promise<void> {
    for (const call of unansweredCalls(this.#messages)) {
      await this.#append({
        role: 'tool',
        result: {
          call: call.id,
          tool: call.tool,
          text: 'Pyra was stopped while this call ran; whether it took effect is not known',
          outcome: 'aborted',
        },
        provenance: { kind: 'own' },
        boundary: this.#ports.system.id(),
        at: this.#ports.system.now(),
      });
    }
  }

  #userMessage(): UserMessage {
    const { text, attachments, origin } = this.#request;
    const message: UserMessage = { role: 'user', text, origin, provenance: { kind: 'own' }, at: this.#ports.system.now() };
    return attachments === undefined || attachments.length === 0 ? message : { ...message, attachments };
  }

  async *#scanAttachments(message: UserMessage): AsyncIterable<TurnEvent> {
    if (!this.#ports.settings.security.injection_detection) return;
    for (const attachment of message.attachments ?? []) {
      const findings = attachment.kind === 'text' ? scanInbound(attachment.text) : [];
      if (attachment.kind !== 'text' || findings.length === 0) continue;
      await recordFindings(this.#ports, this.#request.conversation, attachment.source, attachment.text, findings);
      yield { type: 'input-findings', source: attachment.source, findings };
    }
  }
}

function notice(code: TurnNotice['code'], text: string): TurnNotice {
  return { type: 'notice', code, text };
}

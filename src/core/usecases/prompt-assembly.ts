import type { LanguageModel } from '../../ports/language-model.js';
import type { System } from '../../ports/system.js';
import { conversationPrompt } from '../domain/conversation-prompt.js';
import { isPyraError } from '../domain/errors.js';
import type { Message, SummaryMessage } from '../domain/message.js';
import type { ModelRequest } from '../domain/model.js';
import type { Redactor } from '../domain/redaction.js';
import { correctionFactor, estimateMessageTokens, estimateTokens } from '../domain/token-budget.js';
import type { ToolDefinition } from '../domain/tool.js';
import { toolForModel } from '../domain/tool-for-model.js';
import type { TurnNotice } from '../domain/turn.js';
import { taintSources } from '../domain/untrusted.js';
import { summarise } from './summariser.js';

const LEAST_BUDGET = 500;
/** After a summary the rest takes at most this part of the budget, so that the next turns need none. */
const ROOM_AFTER_SUMMARY = 0.6;

/** A prompt that fits the model's context, with what was done to make it fit. */
export interface AssembledPrompt {
  readonly request: ModelRequest;
  readonly estimatedTokens: number;
  /** A new summary that must be appended to the conversation. */
  readonly summary?: SummaryMessage;
  readonly notice?: TurnNotice;
}

/** Makes prompts that fit: trims, summarises what no longer fits, and learns from the usage that a provider reports. */
export class PromptAssembly {
  readonly #system: System;
  readonly #redactor: Redactor;
  /** Per model: reported tokens / estimated tokens. */
  readonly #corrections = new Map<string, number>();
  /** One for all prompts of this process: another one each time would make every prompt another text, which providers cannot cache. */
  #boundary: string | undefined;

  constructor(ports: { readonly system: System; readonly redactor: Redactor }) {
    this.#system = ports.system;
    this.#redactor = ports.redactor;
  }

  /**
   * @param shrink a part of the usual budget, below 1 after a provider said that the context overflowed
   */
  async assemble(
    model: LanguageModel,
    parts: {
      readonly system: string;
      readonly tools: readonly ToolDefinition[];
      readonly messages: readonly Message[];
      readonly options: ModelRequest['options'];
    },
    shrink: number,
    signal: AbortSignal,
  ): Promise<AssembledPrompt> {
    const tools = parts.tools.map((tool) => toolForModel(tool, this.#redactor, () => this.#descriptionBoundary()));
    const overhead = estimateTokens(parts.system) + (tools.length === 0 ? 0 : estimateTokens(JSON.stringify(tools)));
    const budget = Math.max(LEAST_BUDGET, Math.floor((this.#promptTokens(model) * shrink) / this.#correction(model)) - overhead);
    const provider = model.ref.provider;
    let prompt = conversationPrompt(parts.messages, provider, budget);
    let made: Pick<AssembledPrompt, 'summary' | 'notice'> = {};
    if (prompt.unsummarised.to > prompt.unsummarised.from) {
      made = await this.#condense(model, parts.messages, budget, signal);
      if (made.summary !== undefined) prompt = conversationPrompt([...parts.messages, made.summary], provider, budget);
    }
    const request: ModelRequest = {
      system: parts.system,
      messages: prompt.messages,
      tools,
      ...(parts.options === undefined ? {} : { options: parts.options }),
    };
    return { request, estimatedTokens: overhead + prompt.messages.reduce((total, one) => total + estimateMessageTokens(one), 0), ...made };
  }

  /** Remembers how far the estimate was off. */
  learn(model: LanguageModel, estimated: number, reported: number): void {
    this.#corrections.set(keyOf(model), correctionFactor(estimated, reported));
  }

  /** A summary of everything before the exchange that `budget` tokens reach back to; `undefined` when there is nothing before it. */
  async summary(
    model: LanguageModel,
    messages: readonly Message[],
    budget: number,
    signal: AbortSignal,
  ): Promise<SummaryMessage | undefined> {
    const { unsummarised } = conversationPrompt(messages, model.ref.provider, budget);
    if (unsummarised.to <= unsummarised.from) return undefined;
    const boundary = this.#system.id();
    const text = await summarise(model, messages, unsummarised, boundary, this.#promptTokens(model), signal);
    if (text === '') return undefined;
    return {
      role: 'summary',
      text: this.#redactor.redact(text),
      covers: unsummarised.to,
      tainted: taintSources(messages.slice(0, unsummarised.to)).length > 0,
      boundary,
      at: this.#system.now(),
    };
  }

  async #condense(
    model: LanguageModel,
    messages: readonly Message[],
    budget: number,
    signal: AbortSignal,
  ): Promise<Pick<AssembledPrompt, 'summary' | 'notice'>> {
    try {
      const summary = await this.summary(model, messages, Math.floor(budget * ROOM_AFTER_SUMMARY), signal);
      if (summary !== undefined)
        return {
          summary,
          notice: notice('summarised', `the first ${summary.covers} messages no longer fit and were summarised for the model`),
        };
    } catch (error) {
      signal.throwIfAborted();
      if (!isPyraError(error)) throw error;
    }
    return { notice: notice('trimmed', 'older messages no longer fit and were left out; they could not be summarised') };
  }

  #descriptionBoundary(): string {
    this.#boundary ??= this.#system.id();
    return this.#boundary;
  }

  /** What the prompt may take: the context less room for the answer. */
  #promptTokens(model: LanguageModel): number {
    return model.contextTokens - Math.min(4_096, Math.floor(model.contextTokens / 4));
  }

  #correction(model: LanguageModel): number {
    return this.#corrections.get(keyOf(model)) ?? 1;
  }
}

function keyOf(model: LanguageModel): string {
  return `${model.ref.provider}/${model.ref.model}`;
}

function notice(code: TurnNotice['code'], text: string): TurnNotice {
  return { type: 'notice', code, text };
}

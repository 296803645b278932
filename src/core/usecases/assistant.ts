import type { Approver } from '../../ports/approver.js';
import type { AuditLog } from '../../ports/audit-log.js';
import type { ConversationStore } from '../../ports/conversation-store.js';
import type { LanguageModel } from '../../ports/language-model.js';
import type { System } from '../../ports/system.js';
import type { ModelRef } from '../domain/model.js';
import type { Redactor } from '../domain/redaction.js';
import type { Settings } from '../domain/settings.js';
import type { TurnEvent, TurnRequest } from '../domain/turn.js';
import { PromptAssembly } from './prompt-assembly.js';
import type { SystemPrompt } from './system-prompt.js';
import type { ToolGate } from './tool-gate.js';
import type { Toolbox } from './toolbox.js';
import { TurnRun } from './turn-run.js';

/** What a turn works with. */
export interface AssistantPorts {
  /** Opens the model of a request, or that of the settings. */
  readonly model: (ref?: ModelRef) => Promise<LanguageModel>;
  readonly conversations: ConversationStore;
  readonly toolbox: Toolbox;
  readonly gate: ToolGate;
  readonly system: System;
  readonly prompt: SystemPrompt;
  readonly redactor: Redactor;
  readonly audit: AuditLog;
  readonly settings: Settings;
}

/** Answers the person: one turn at a time and conversation, with tools through the gate. */
export class Assistant {
  readonly #ports: AssistantPorts;
  readonly #assembly: PromptAssembly;

  constructor(ports: AssistantPorts) {
    this.#ports = ports;
    this.#assembly = new PromptAssembly(ports);
  }

  /**
   * Runs one turn. Every step is stored before the next one begins, so that a stored conversation can always be replayed; an abort, an
   * error and an early end of the iteration keep the partial answer, marked as interrupted.
   * @throws PyraError `model/…` when the model fails, `home/locked` when another process holds the conversation
   */
  async *respond(request: TurnRequest, io: { readonly approver: Approver; readonly signal: AbortSignal }): AsyncIterable<TurnEvent> {
    const { conversations, system } = this.#ports;
    const release = await conversations.lease(request.conversation);
    const deadline = system.deadline([io.signal]);
    try {
      const stored = await conversations.load(request.conversation);
      const run = new TurnRun(this.#ports, this.#assembly, request, {
        approver: io.approver,
        signal: deadline.signal,
        abort: () => deadline.abort(),
      });
      yield* run.events(stored?.messages ?? []);
    } finally {
      deadline.abort();
      deadline.dispose();
      await release();
    }
  }

  /**
   * Summarises all but the last exchange of a conversation now. Gives how many messages the summary stands for; 0 when there was nothing to do.
   * @throws PyraError as {@link respond} does
   */
  async compact(request: Pick<TurnRequest, 'conversation' | 'model'>, signal: AbortSignal): Promise<number> {
    const { conversations } = this.#ports;
    const release = await conversations.lease(request.conversation);
    try {
      const messages = (await conversations.load(request.conversation))?.messages ?? [];
      const model = await this.#ports.model(request.model);
      const summary = await this.#assembly.summary(model, messages, 0, signal);
      if (summary === undefined) return 0;
      await conversations.append(request.conversation, [summary]);
      return summary.covers;
    } finally {
      await release();
    }
  }
}

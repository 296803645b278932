import { WaitSpinner } from '../../adapters/support/terminal/wait-spinner.js';
import { allowRuleFor, allowRuleOf, printAllowRule } from '../../core/domain/allow-rule.js';
import type { ApprovalRequest } from '../../core/domain/approval.js';
import type { Finding } from '../../core/domain/finding.js';
import type { ConversationId } from '../../core/domain/identifiers.js';
import type { JsonObject } from '../../core/domain/json.js';
import type { TurnEvent } from '../../core/domain/turn.js';
import type { CommandContext } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { jsonLine } from './json-line.js';
import { READER_GONE } from './reader-gone.js';
import type { TurnText } from './turn-text.js';
import { TurnView } from './turn-view.js';
import { visibleLine } from './visible-line.js';

type TurnEnd = Extract<TurnEvent, { type: 'turn-end' }>;

/** Shows the events of one turn as `ask` prints them: Markdown on a terminal, the raw text on a pipe, one object, or one object a line. */
export class AskOutput {
  readonly #context: CommandContext;
  readonly #jsonLines: boolean;
  readonly #view: TurnView | undefined;
  readonly #requests = new Map<string, ApprovalRequest>();
  readonly #unavailable: ApprovalRequest[] = [];
  readonly #calls: JsonObject[] = [];
  readonly #findings: Finding[] = [];
  #text = '';
  #end: TurnEnd | undefined;

  /** @param text how the answer is written; nothing of the turn is shown as text when absent */
  constructor(context: CommandContext, jsonLines: boolean, text: TurnText | undefined) {
    this.#context = context;
    this.#jsonLines = jsonLines;
    this.#view = text === undefined ? undefined : viewOf(context, text);
  }

  /** What the turn used, once it has ended. */
  get usage(): TurnEnd['usage'] | undefined {
    return this.#end?.usage;
  }

  /** Shows one event. */
  show(event: TurnEvent): void {
    if (this.#jsonLines) this.#context.stdout.write(jsonLine({ v: 1, ...event }));
    if (event.type !== 'reasoning-delta') this.#view?.show(event);
    if (event.type === 'tool-request') {
      this.#requests.set(event.request.call.id, event.request);
      this.#view?.pause();
    }
    if (event.type === 'tool-decision' && event.decision.outcome === 'deny' && event.decision.by === 'unavailable') {
      const request = this.#requests.get(event.call);
      if (request !== undefined) this.#unavailable.push(request);
    }
    if (event.type === 'text-delta') this.#text += event.text;
    if (event.type === 'tool-result') this.#calls.push({ tool: event.result.tool, outcome: event.result.outcome });
    if (event.type === 'answer-findings') this.#findings.push(...event.findings);
    if (event.type === 'notice' && this.#view === undefined) this.#context.say(`pyra: ${event.text}`);
    if (event.type === 'turn-end') this.#end = event;
  }

  /** Ends what is half-written, before an error is reported. */
  broken(): void {
    this.#view?.pause();
  }

  /** Ends the output and gives the exit code. */
  finish(conversation: ConversationId): ExitCode {
    const interrupted = this.#end?.reason === 'aborted';
    this.#view?.end({ interrupted: interrupted && this.#context.signal.reason !== READER_GONE });
    if (this.#context.globals.json) this.#context.printJson(this.#summary(conversation));
    for (const request of this.#unavailable) {
      this.#context.say(`pyra: ${request.definition.name} needs your approval, and nobody could be asked`);
      this.#context.say(`  to allow exactly this call, add: ${visibleLine(allowRuleFor(request))}`);
    }
    if (interrupted) return EXIT.interrupted;
    if (this.#unavailable.length > 0) return EXIT.approval;
    return this.#end?.reason === 'round-limit' ? EXIT.limit : EXIT.ok;
  }

  #summary(conversation: ConversationId): JsonObject {
    return {
      conversation,
      text: this.#text,
      reason: this.#end?.reason ?? 'aborted',
      calls: this.#calls,
      findings: this.#findings.map(({ label, category, message }) => ({ label, category, message })),
      allow: this.#unavailable.map(({ definition, call }) => printAllowRule(allowRuleOf(definition, call.args))),
      ...(this.#end === undefined ? {} : { usage: { ...this.#end.usage } }),
    };
  }
}

function viewOf(context: CommandContext, text: TurnText): TurnView {
  const { stderr, globals } = context;
  return new TurnView(
    {
      err: (line) => {
        if (!globals.quiet) stderr.write(line);
      },
      errPaint: context.paint('stderr'),
      spinner: new WaitSpinner(stderr, context.paint('stderr').enabled && !globals.quiet),
    },
    text,
  );
}

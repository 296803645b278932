import type { ApprovalDecision, ApprovalRequest } from '../domain/approval.js';
import { decisionOf } from '../domain/approval-decision.js';
import type { DescribedText } from '../domain/argument-origins.js';
import { argumentLeaves } from '../domain/argument-paths.js';
import { millisecondsOf } from '../domain/identifiers.js';
import type { JsonObject } from '../domain/json.js';
import { permits } from '../domain/standing-rule.js';
import { taintSources } from '../domain/untrusted.js';
import { ConversationGrants } from './conversation-grants.js';
import { previewOf } from './gate-preview.js';
import { isGrantable, reportedRequest, requestFor } from './gate-request.js';
import type { GatePorts, GateTurn } from './gate-turn.js';
import type { PreparedCall } from './prepared-call.js';
import { raceAbort } from './race-abort.js';

/** How often one call may be edited before it counts as refused. */
const MAX_EDITS = 10;
const APPROVAL_TIMEOUT_MS = 120_000;

type Denial = Extract<ApprovalDecision, { outcome: 'deny' }>;

/** What was decided about a call, and about which form of it: the person may have edited it. */
export type Verdict =
  | { readonly kind: 'run'; readonly prepared: PreparedCall; readonly decision?: ApprovalDecision }
  | { readonly kind: 'refuse'; readonly prepared: PreparedCall; readonly decision: Denial; readonly why?: 'repeated' | 'edits' };

/** Prepares a call with other arguments; gives what is wrong with them when they do not fit. */
export type Prepare = (args: JsonObject) => Promise<PreparedCall | string>;

/** The stage *decide*: what was refused before, no question, standing rule, grant, then the approver. */
export class GateDecision {
  readonly #ports: GatePorts;
  readonly #grants = new ConversationGrants();

  constructor(ports: GatePorts) {
    this.#ports = ports;
  }

  async decide(first: PreparedCall, turn: GateTurn, prepare: Prepare): Promise<Verdict> {
    let prepared = first;
    let notes: readonly string[] = [];
    let typed: readonly string[] = [];
    for (let edits = 0; ; edits += 1) {
      if (turn.refused.has(prepared.identity)) {
        return { kind: 'refuse', prepared, decision: { outcome: 'deny', by: 'rule' }, why: 'repeated' };
      }
      const unasked = this.#withoutAsking(prepared, turn);
      if (unasked === 'free') return { kind: 'run', prepared };
      const decision = unasked ?? (await this.#ask(prepared, turn, { notes, typed }));
      report(turn, { type: 'tool-decision', call: prepared.call.id, decision: this.#reported(decision) });
      if (decision.outcome === 'allow') {
        if (unasked === undefined) this.#grant(decision, prepared, turn);
        return { kind: 'run', prepared, decision };
      }
      if (decision.outcome === 'deny') {
        if (decision.by !== 'abort') turn.refused.add(prepared.identity);
        return { kind: 'refuse', prepared, decision };
      }
      if (edits >= MAX_EDITS) {
        turn.refused.add(prepared.identity);
        return { kind: 'refuse', prepared, decision: { outcome: 'deny', by: 'rule' }, why: 'edits' };
      }
      const next = await prepare(decision.args);
      if (typeof next !== 'string') {
        typed = [...typed, ...changedValues(prepared.call.args, next.call.args)];
        prepared = next;
      }
      notes = [typeof next === 'string' ? `the edited arguments were not taken: ${next}` : 'the arguments were edited: this is a new call'];
    }
  }

  /** `free` for a call that needs no decision, a decision that was taken before, or nothing. */
  #withoutAsking(prepared: PreparedCall, turn: GateTurn): 'free' | ApprovalDecision | undefined {
    const { settings } = this.#ports;
    const { found, call, scan, provider, conversation } = prepared;
    if (scan.holdsSecret) return undefined;
    const { definition } = found;
    const everyCall = settings.plugins.require_approval === 'every-call';
    if (definition.effect === 'read' && definition.approval === 'none' && !everyCall) return 'free';
    const tainted = taintSources(turn.messages).length > 0;
    const isRuled = settings.security.rules.some((rule) => permits(rule, definition, call.args, tainted));
    if (isRuled) return { outcome: 'allow', scope: 'once', by: 'rule' };
    const isGranted = !tainted && definition.effect !== 'destructive' && this.#grants.has(conversation, provider, definition, call.args);
    return isGranted ? { outcome: 'allow', scope: 'conversation', by: 'rule' } : undefined;
  }

  async #ask(
    prepared: PreparedCall,
    turn: GateTurn,
    { notes, typed }: { readonly notes: readonly string[]; readonly typed: readonly string[] },
  ): Promise<ApprovalDecision> {
    const { system, redactor, settings } = this.#ports;
    const { preview, note } = await previewOf(prepared, turn, this.#ports);
    const request = requestFor(prepared, turn, {
      showFindings: settings.security.injection_detection,
      everyCall: settings.plugins.require_approval === 'every-call',
      notes: note === undefined ? notes : [...notes, note],
      typed,
      described: await this.#descriptions(prepared),
      redactor,
      ...(preview === undefined ? {} : { preview }),
    });
    report(turn, { type: 'tool-request', request: reportedRequest(request, redactor) });
    const limit = turn.approvalTimeoutMs ?? APPROVAL_TIMEOUT_MS;
    const deadline = system.deadline([turn.signal], limit);
    const asked = millisecondsOf(system.now());
    try {
      const raced = await raceAbort(() => this.#answer(request, turn, deadline.signal), deadline.signal);
      // An answer that came too late or after the end is none, whatever it says.
      if (turn.signal.aborted) return { outcome: 'deny', by: 'abort' };
      if (raced.kind === 'aborted' || millisecondsOf(system.now()) - asked > limit) return { outcome: 'deny', by: 'timeout' };
      return decisionOf(raced.kind === 'value' ? raced.value : undefined);
    } finally {
      deadline.dispose();
    }
  }

  /** What other providers wrote about their tools: it was in the prompt, and no conversation shows it. */
  async #descriptions({ found }: PreparedCall): Promise<readonly DescribedText[]> {
    const prefix = `${found.definition.name.split('.')[0]}.`;
    return (await this.#ports.toolbox.definitions()).flatMap(({ name, describedBy, description }) =>
      describedBy === undefined || name.startsWith(prefix) ? [] : [{ text: description, source: `what ${describedBy} says of ${name}` }],
    );
  }

  #answer(request: ApprovalRequest, turn: GateTurn, signal: AbortSignal): Promise<unknown> {
    return turn.approver.decide(request, signal);
  }

  /** A wish for the whole conversation that may not be granted counts for once. */
  #grant(decision: ApprovalDecision, prepared: PreparedCall, turn: GateTurn): void {
    if (decision.outcome !== 'allow' || decision.scope !== 'conversation') return;
    if (!isGrantable(prepared, taintSources(turn.messages))) return;
    this.#grants.add(prepared.conversation, prepared.provider, prepared.found.definition, prepared.call.args);
  }

  #reported(decision: ApprovalDecision): ApprovalDecision {
    const { redactor } = this.#ports;
    if (decision.outcome === 'edit') return { ...decision, args: redactor.redactJson(decision.args) as JsonObject };
    if (decision.outcome === 'deny' && decision.note !== undefined) return { ...decision, note: redactor.redact(decision.note) };
    return decision;
  }
}

/** Tells the caller; what it does with it cannot stop or change a call. */
export function report(turn: GateTurn, event: Parameters<GateTurn['report']>[0]): void {
  try {
    turn.report(event);
  } catch {
    // A front-end that broke while showing an event is its own fault to report.
  }
}

/** The values that an edit put in: they are the person's. */
function changedValues(before: JsonObject, after: JsonObject): readonly string[] {
  const old = argumentLeaves(before);
  return argumentLeaves(after)
    .filter(({ path, value }) => !old.some((leaf) => leaf.path === path && leaf.value === value))
    .map(({ value }) => String(value));
}

import type { ApprovalDecision } from '../domain/approval.js';
import type { Finding } from '../domain/finding.js';
import type { Instant } from '../domain/identifiers.js';
import type { JsonObject } from '../domain/json.js';
import type { ToolMessage } from '../domain/message.js';
import type { ToolCall } from '../domain/tool.js';
import { checkArguments, resolveTool } from './gate-check.js';
import { GateDecision, report } from './gate-decision.js';
import { GateExecution } from './gate-execution.js';
import { type CheckedOutput, ownText } from './gate-output.js';
import { GateRecord } from './gate-record.js';
import { scanArguments } from './gate-scan.js';
import { refusalText } from './gate-texts.js';
import type { GatePorts, GateTurn } from './gate-turn.js';
import { type PreparedCall, prepareCall } from './prepared-call.js';
import { recordFindings } from './record-findings.js';
import type { FoundTool } from './toolbox.js';

const NOT_LOGGED = 'withheld: it was not run, because the log of tool calls cannot be written';
const RAN_UNLOGGED = 'withheld: it ran, but its answer is not shown, because the log of tool calls cannot be written';

const BROKEN = 'withheld: it was not run, because it could not be checked (a fault in Pyra)';

/** How a call ended, before it is written down. */
interface Ending {
  readonly output: CheckedOutput;
  readonly prepared?: PreparedCall;
  readonly decision?: ApprovalDecision;
}

/**
 * The only way to a tool. Each call passes the stages *resolve*, *check*, *scan*, *decide*, *execute*, *scan and redact*, *record*, and ends in
 * a message that can be stored: whole, redacted, with its provenance. What the model can correct, a refusal and an abort are results.
 */
export class ToolGate {
  readonly #ports: GatePorts;
  readonly #decision: GateDecision;
  readonly #execution: GateExecution;
  readonly #record: GateRecord;

  constructor(ports: GatePorts) {
    this.#ports = ports;
    this.#decision = new GateDecision(ports);
    this.#execution = new GateExecution(ports);
    this.#record = new GateRecord(ports);
  }

  /** Runs one call for a turn. Resolves to exactly one message for it, also when the turn is aborted. */
  async run(call: ToolCall, turn: GateTurn): Promise<ToolMessage> {
    const started = this.#ports.system.now();
    return this.#finish(call, turn, started, await this.#ending(call, turn, started));
  }

  /** A stage that breaks stops the call: whatever could not be checked does not run. */
  async #ending(call: ToolCall, turn: GateTurn, started: Instant): Promise<Ending> {
    try {
      return await this.#staged(call, turn, started);
    } catch {
      return { output: ownText('withheld', BROKEN) };
    }
  }

  async #staged(call: ToolCall, turn: GateTurn, started: Instant): Promise<Ending> {
    const { toolbox, checker } = this.#ports;
    if (turn.signal.aborted) return { output: ownText('aborted', 'aborted before it was looked at; it was not run') };
    const found = await resolveTool(toolbox, call.tool);
    if (typeof found === 'string') return { output: ownText('unknown-tool', found) };
    const args = await checkArguments(checker, found.definition, call.args);
    if (typeof args === 'string') return { output: ownText('invalid', args) };
    const prepared = await this.#scanned(call, args, found, turn, false);
    if (prepared === undefined) return { output: ownText('withheld', NOT_LOGGED) };
    return this.#decided(prepared, turn, started);
  }

  async #decided(first: PreparedCall, turn: GateTurn, started: Instant): Promise<Ending> {
    const verdict = await this.#decision.decide(first, turn, async (args) => {
      const checked = await checkArguments(this.#ports.checker, first.found.definition, args);
      if (typeof checked === 'string') return checked;
      return (await this.#scanned(first.call, checked, first.found, turn, true)) ?? 'the security log cannot be written';
    });
    const { prepared, decision } = verdict;
    const known = { prepared, ...(decision === undefined ? {} : { decision }) };
    if (verdict.kind === 'refuse') {
      return { ...known, output: ownText(verdict.decision.by === 'abort' ? 'aborted' : 'denied', refusalText(verdict)) };
    }
    try {
      await this.#record.start({ call: prepared.call, ...known, started }, turn);
    } catch {
      return { ...known, output: ownText('withheld', NOT_LOGGED) };
    }
    return { ...known, output: await this.#execution.execute(prepared, turn) };
  }

  /** The call with its findings, which are in the log by then; nothing when the log cannot be written. */
  async #scanned(call: ToolCall, args: JsonObject, found: FoundTool, turn: GateTurn, edited: boolean): Promise<PreparedCall | undefined> {
    const scan = scanArguments(found.definition, args, this.#ports.redactor);
    const isLogged = await this.#logFindings(turn, `arguments of ${found.definition.name}`, scan.text, scan.findings);
    if (!isLogged) return undefined;
    return prepareCall({ call, args, found, conversation: turn.conversation, scan, edited }, this.#ports.system);
  }

  async #finish(call: ToolCall, turn: GateTurn, started: Instant, ending: Ending): Promise<ToolMessage> {
    const { system, redactor, settings } = this.#ports;
    const { prepared, decision } = ending;
    let { output } = ending;
    const known = { call, started, ...(prepared === undefined ? {} : { prepared }), ...(decision === undefined ? {} : { decision }) };
    let text = '';
    try {
      text = redactor.redact(editNote(ending) + output.text);
      await this.#record.end({ ...known, outcome: output.outcome, text }, turn);
      if (!(await this.#logFindings(turn, call.tool, output.scanned, output.findings))) throw new Error('no log');
    } catch {
      output = ownText('withheld', isRun(output) ? RAN_UNLOGGED : NOT_LOGGED);
      text = output.text;
    }
    const { outcome, data, provenance } = output;
    const result = { call: call.id, tool: call.tool, text, outcome, ...(data === undefined ? {} : { data }) };
    report(turn, {
      type: 'tool-result',
      result,
      provenance,
      findings: settings.security.injection_detection ? output.findings : [],
    });
    return { role: 'tool', result, provenance, boundary: system.id(), at: system.now() };
  }

  async #logFindings(turn: GateTurn, where: string, text: string, findings: readonly Finding[]): Promise<boolean> {
    if (findings.length === 0) return true;
    try {
      await recordFindings(this.#ports, turn.conversation, where, text, findings);
      return true;
    } catch {
      return false;
    }
  }
}

/** The model has to know that something else ran than it asked for. */
function editNote({ prepared, output }: Ending): string {
  if (prepared?.edited !== true || !isRun(output)) return '';
  return `[the person changed the arguments to ${JSON.stringify(prepared.call.args)}]\n`;
}

function isRun({ outcome }: CheckedOutput): boolean {
  return outcome === 'ok' || outcome === 'failed' || outcome === 'timed-out';
}

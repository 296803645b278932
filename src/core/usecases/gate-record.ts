import type { ApprovalDecision } from '../domain/approval.js';
import type { AuditEntry } from '../domain/audit.js';
import { oneLine } from '../domain/call-summary.js';
import { frozenCopy } from '../domain/frozen-json.js';
import { type Instant, millisecondsOf } from '../domain/identifiers.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../domain/json.js';
import type { Origin } from '../domain/message.js';
import type { ToolCall, ToolOutcome } from '../domain/tool.js';
import type { GatePorts, GateTurn } from './gate-turn.js';
import type { PreparedCall } from './prepared-call.js';

const LONGEST_TEXT = 4_000;
const LONGEST_PREVIEW = 200;

/** What is known of a call when it is written down. */
export interface Recorded {
  readonly call: ToolCall;
  readonly prepared?: PreparedCall;
  readonly decision?: ApprovalDecision;
  readonly outcome?: ToolOutcome;
  /** The text of the result, redacted. */
  readonly text?: string;
  readonly started: Instant;
}

/** The stage *record*: writes an entry `tool-start` before a tool runs and one `tool-call` for every call, whatever came of it. */
export class GateRecord {
  readonly #ports: GatePorts;

  constructor(ports: GatePorts) {
    this.#ports = ports;
  }

  /** Rejects when the entry could not be written: then the tool must not run. */
  async start(recorded: Recorded, turn: GateTurn): Promise<void> {
    // What a tool that only reads did is known by the entry of its end.
    const followed = recorded.prepared?.found.definition.effect === 'read';
    await this.#ports.audit.append(this.#entry('tool-start', recorded, turn, {}), { followed });
  }

  /** Rejects when the entry could not be written. */
  async end(recorded: Recorded, turn: GateTurn): Promise<void> {
    const at = millisecondsOf(this.#ports.system.now());
    const preview =
      this.#ports.settings.plugins.log_executions === 'minimal' ? {} : { preview: oneLine(recorded.text ?? '').slice(0, LONGEST_PREVIEW) };
    const outcome = recorded.outcome ?? 'failed';
    await this.#ports.audit.append(
      this.#entry('tool-call', recorded, turn, { outcome, ...preview, duration_ms: Math.max(0, at - millisecondsOf(recorded.started)) }),
    );
  }

  #entry(event: string, { call, prepared, decision }: Recorded, turn: GateTurn, rest: JsonObject): AuditEntry {
    const { redactor, system } = this.#ports;
    const args = prepared?.call.args ?? jsonOf(call.args);
    const detail: JsonObject = {
      call: shortened(redactor.redact(oneLine(String(call.id)))),
      tool: shortened(redactor.redact(oneLine(String(call.tool)))),
      conversation: turn.conversation,
      origin: originOf(turn.origin),
      args: bounded(redactor.redactJson(args)),
      ...(prepared === undefined
        ? {}
        : { provider: prepared.found.provider.id, effect: prepared.found.definition.effect, digest: prepared.digest }),
      ...(prepared?.edited === true ? { edited: true } : {}),
      ...(decision === undefined ? {} : { decision: decision.outcome, by: decision.by }),
      ...(decision?.outcome === 'allow' ? { scope: decision.scope } : {}),
      ...rest,
    };
    return { log: 'tool_executions', event, at: system.now(), detail: redactor.redactJson(detail) as JsonObject };
  }
}

function jsonOf(given: unknown): JsonValue {
  try {
    return frozenCopy(given);
  } catch {
    return '(not JSON)';
  }
}

function originOf(origin: Origin): JsonValue {
  return origin.kind === 'channel'
    ? { kind: origin.kind, channel: origin.address.channel, sender: origin.sender.id }
    : { kind: origin.kind };
}

function shortened(text: string): string {
  return text.length <= LONGEST_PREVIEW ? text : `${text.slice(0, LONGEST_PREVIEW).toWellFormed()}…`;
}

/** Long texts are kept in part, and how long they were. */
function bounded(value: JsonValue): JsonValue {
  if (typeof value === 'string') {
    return value.length <= LONGEST_TEXT ? value : `${value.slice(0, LONGEST_TEXT).toWellFormed()}… [${value.length} characters]`;
  }
  if (Array.isArray(value)) return value.map(bounded);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, bounded(member)]));
}

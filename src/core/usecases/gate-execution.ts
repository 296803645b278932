import { oneLine } from '../domain/call-summary.js';
import { cleanOutput } from '../domain/clean-output.js';
import type { ToolName } from '../domain/identifiers.js';
import type { Provenance } from '../domain/message.js';
import { taintSources } from '../domain/untrusted.js';
import { report } from './gate-decision.js';
import { type CheckedOutput, checkOutput, ownText } from './gate-output.js';
import type { GatePorts, GateTurn } from './gate-turn.js';
import { digestNow, type PreparedCall } from './prepared-call.js';
import { raceAbort } from './race-abort.js';

const TIMEOUT_MS = 60_000;
const LONGEST_PROGRESS = 200;
const CHANGED = 'denied: the tool is not the one any more that was decided about; call it again';

/** The stage *execute*: runs exactly what was decided about, once. */
export class GateExecution {
  readonly #ports: GatePorts;
  readonly #spent = new WeakSet<PreparedCall>();

  constructor(ports: GatePorts) {
    this.#ports = ports;
  }

  /** Runs a call for which leave was given. Never throws. */
  async execute(prepared: PreparedCall, turn: GateTurn): Promise<CheckedOutput> {
    const { toolbox, system, redactor } = this.#ports;
    const found = await toolbox.find(prepared.call.tool as ToolName);
    if (found === undefined || found.provider !== prepared.found.provider) return ownText('denied', CHANGED);
    // From here to the call nothing waits, so that nothing can come in between.
    if (digestNow(prepared, found, system) !== prepared.digest || this.#spent.has(prepared)) return ownText('denied', CHANGED);
    if (turn.signal.aborted) return ownText('aborted', 'aborted before it was run');
    this.#spent.add(prepared);
    const limit = turn.timeoutMs ?? (found.definition.timeout === undefined ? TIMEOUT_MS : found.definition.timeout * 1000);
    const deadline = system.deadline([turn.signal], limit);
    try {
      const { call, conversation } = prepared;
      const progress = (text: string): void =>
        report(turn, {
          type: 'tool-progress',
          call: call.id,
          // Before it is one line, too: a secret can have several.
          text: redactor.redact(oneLine(redactor.redact(cleanOutput(text)))).slice(0, LONGEST_PROGRESS),
        });
      const context = { conversation, provenance: provenanceOf(turn), progress };
      const raced = await raceAbort(() => found.provider.call(call.tool, call.args, deadline.signal, context), deadline.signal);
      if (raced.kind === 'value') return checkOutput(raced.value, found, redactor);
      if (turn.signal.aborted) return ownText('aborted', 'aborted while it ran; it may have had its effect');
      if (deadline.signal.aborted) {
        return ownText('timed-out', `no answer within ${limit / 1000} s: it was stopped, and may have had its effect`);
      }
      return ownText('failed', 'the tool broke; it may have had its effect');
    } finally {
      deadline.dispose();
    }
  }
}

/** Where a call's arguments may come from. */
function provenanceOf({ messages }: GateTurn): Provenance {
  const sources = taintSources(messages);
  return sources.length === 0 ? { kind: 'own' } : { kind: 'external', source: sources.join(', ').slice(0, 200) };
}

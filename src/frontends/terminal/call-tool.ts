import type { Paint } from '../../adapters/support/terminal/paint.js';
import type { CallId, ConversationId, ToolName } from '../../core/domain/identifiers.js';
import type { JsonObject } from '../../core/domain/json.js';
import type { ToolMessage } from '../../core/domain/message.js';
import type { TurnEvent } from '../../core/domain/turn.js';
import { visible } from '../../core/domain/untrusted.js';
import type { GateTurn } from '../../core/usecases/gate-turn.js';
import type { ToolGate } from '../../core/usecases/tool-gate.js';
import type { Approver } from '../../ports/approver.js';
import type { System } from '../../ports/system.js';
import { visibleLine } from './visible-line.js';

/** The most of a result that is shown in a chat, in UTF-16 code units. */
const MOST_SHOWN = 20_000;

/** One call that the person makes. */
export interface PersonsCall extends Pick<GateTurn, 'timeoutMs'> {
  readonly tool: ToolName;
  readonly args: JsonObject;
  /** What the person wrote for it: the card shows values that stand there as theirs. */
  readonly words?: string;
  readonly approver: Approver;
  readonly signal: AbortSignal;
  readonly report: (event: TurnEvent) => void;
}

/** Runs one tool as the person's own call, through the gate, in a conversation of its own: no model asked for it, and none reads the result. */
export function callTool(pyra: { readonly gate: Pick<ToolGate, 'run'>; readonly system: System }, call: PersonsCall): Promise<ToolMessage> {
  const id = pyra.system.id();
  const { tool, args, words, approver, signal, report, timeoutMs } = call;
  const origin = { kind: 'terminal' } as const;
  const request = { id: `call-${id}` as CallId, tool, args };
  report({ type: 'tool-call', call: request });
  return pyra.gate.run(request, {
    conversation: `tool-call-${id.toLowerCase()}` as ConversationId,
    origin,
    approver,
    signal,
    messages: words === undefined ? [] : [{ role: 'user', text: words, origin, provenance: { kind: 'own' }, at: pyra.system.now() }],
    refused: new Set(),
    report,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

/** What came of such a call, for the screen: text from elsewhere says where from, and each of its lines is marked. */
export function resultText({ result, provenance }: ToolMessage, paint: Paint): string {
  const more = result.text.length - MOST_SHOWN;
  const text = visible(result.text.slice(0, MOST_SHOWN)).trimEnd();
  const cut =
    more > 0 ? `\n${paint.dim(`… and ${more.toLocaleString('en')} characters more: pyra tool call ${result.tool} shows all`)}` : '';
  if (result.outcome !== 'ok') return paint.red(`${visibleLine(result.tool)}: ${text}`) + cut;
  if (provenance.kind === 'own') return text + cut;
  const lines = text.split('\n').map((line) => `${paint.yellow('┃')} ${line}`);
  return [paint.yellow(`┃ from ${visibleLine(provenance.source)}`), ...lines].join('\n') + cut;
}

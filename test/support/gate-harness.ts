import { InMemoryApprover, type ScriptedDecision } from '../../src/adapters/in-memory/in-memory-approver.js';
import { InMemoryAuditLog } from '../../src/adapters/in-memory/in-memory-audit-log.js';
import { InMemorySystem } from '../../src/adapters/in-memory/in-memory-system.js';
import { type InMemoryTool, InMemoryToolProvider, type ToolFunction } from '../../src/adapters/in-memory/in-memory-tool-provider.js';
import { JsonSchemaChecker } from '../../src/adapters/json-schema/json-schema-checker.js';
import type { ApprovalDecision } from '../../src/core/domain/approval.js';
import type { ChainedEntry } from '../../src/core/domain/audit.js';
import type { CallId, ToolName } from '../../src/core/domain/identifiers.js';
import type { JsonObject } from '../../src/core/domain/json.js';
import type { Message, ToolMessage } from '../../src/core/domain/message.js';
import { Redactor } from '../../src/core/domain/redaction.js';
import { DEFAULT_SETTINGS, type Settings } from '../../src/core/domain/settings.js';
import type { ToolDefinition } from '../../src/core/domain/tool.js';
import type { TurnEvent } from '../../src/core/domain/turn.js';
import type { GatePorts, GateTurn } from '../../src/core/usecases/gate-turn.js';
import { ToolGate } from '../../src/core/usecases/tool-gate.js';
import { Toolbox } from '../../src/core/usecases/toolbox.js';
import type { ToolProvider } from '../../src/ports/tool-provider.js';
import { conversationOf, momentOf, userMessage } from './messages.js';

/** Yes, once, by the person. */
export const YES: ApprovalDecision = { outcome: 'allow', scope: 'once', by: 'person' };
/** Yes, for the conversation, by the person. */
export const ALWAYS: ApprovalDecision = { outcome: 'allow', scope: 'conversation', by: 'person' };
/** No, by the person. */
export const NO: ApprovalDecision = { outcome: 'deny', by: 'person' };

/** A tool that sends to the argument `to`. */
export function sendTool(run: ToolFunction = () => 'sent', more: Partial<ToolDefinition> = {}): InMemoryTool {
  return {
    definition: {
      name: 'email.send',
      effect: 'egress',
      destinations: ['to', 'cc'],
      parameters: {
        type: 'object',
        properties: { to: { type: 'string' }, cc: { type: 'string' }, body: { type: 'string' } },
        required: ['to'],
        additionalProperties: false,
      },
      summary: 'send a mail to {to}',
      ...more,
    },
    run,
  };
}

/** A tool of any effect without parameters of its own. */
export function plainTool(
  name: string,
  effect: ToolDefinition['effect'],
  run: ToolFunction = () => 'done',
  more: Partial<ToolDefinition> = {},
): InMemoryTool {
  return { definition: { name, effect, approval: effect === 'read' ? 'none' : 'ask', ...more }, run };
}

/** What external text a conversation has read. */
export function externalResult(text: string, source = 'mail from eve@example.org'): ToolMessage {
  return {
    role: 'tool',
    result: { call: 'earlier' as CallId, tool: 'email.read' as ToolName, text, outcome: 'ok' },
    provenance: { kind: 'external', source },
    boundary: 'B0',
    at: momentOf(1),
  };
}

/** How a gate for a test differs from the usual one. */
export interface GateOptions {
  readonly tools?: readonly InMemoryTool[];
  readonly own?: readonly ToolProvider[];
  readonly others?: readonly ToolProvider[];
  readonly decisions?: readonly ScriptedDecision[];
  readonly settings?: { readonly security?: Partial<Settings['security']>; readonly plugins?: Partial<Settings['plugins']> };
  readonly messages?: readonly Message[];
  readonly ports?: Partial<GatePorts>;
  /** Another build of the classes under test. */
  readonly core?: GateCore;
}

/** The classes that make the gate. */
export interface GateCore {
  readonly ToolGate: typeof ToolGate;
  readonly Toolbox: typeof Toolbox;
}

/** A gate with everything in memory around it. */
export function gateHarness(options: GateOptions = {}) {
  const provider = new InMemoryToolProvider('email', options.tools ?? [sendTool()]);
  const audit = new InMemoryAuditLog();
  const system = new InMemorySystem();
  const redactor = new Redactor();
  const approver = new InMemoryApprover(options.decisions);
  const core = options.core ?? { ToolGate, Toolbox };
  const toolbox = new core.Toolbox(options.own ?? [], options.others ?? [provider]);
  const settings: Settings = {
    ...DEFAULT_SETTINGS,
    security: { ...DEFAULT_SETTINGS.security, ...options.settings?.security },
    plugins: { ...DEFAULT_SETTINGS.plugins, ...options.settings?.plugins },
  };
  const checker = new JsonSchemaChecker(() => import('@cfworker/json-schema'));
  const gate = new core.ToolGate({ toolbox, checker, audit, system, redactor, settings, ...options.ports });
  const events: TurnEvent[] = [];
  const refused = new Set<string>();
  const messages: Message[] = [...(options.messages ?? [userMessage('please')])];
  let count = 0;
  const turn = (more: Partial<GateTurn> = {}): GateTurn => ({
    conversation: conversationOf('conversation-1'),
    origin: { kind: 'terminal' },
    approver,
    signal: new AbortController().signal,
    messages,
    refused,
    report: (event) => events.push(event),
    ...more,
  });
  return {
    gate,
    provider,
    audit,
    system,
    redactor,
    approver,
    events,
    refused,
    messages,
    turn,
    /** Runs one call with an id of its own. */
    run: (tool: string, args: JsonObject = {}, more: Partial<GateTurn> = {}): Promise<ToolMessage> => {
      count += 1;
      return gate.run({ id: `call-${count}` as CallId, tool: tool as ToolName, args }, turn(more));
    },
    /** The entries of calls that ended. */
    calls: (): readonly ChainedEntry[] => audit.entries.filter(({ event }) => event === 'tool-call'),
  };
}

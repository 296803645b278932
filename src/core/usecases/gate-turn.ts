import type { Approver } from '../../ports/approver.js';
import type { AuditLog } from '../../ports/audit-log.js';
import type { SchemaChecker } from '../../ports/schema-checker.js';
import type { System } from '../../ports/system.js';
import type { ConversationId } from '../domain/identifiers.js';
import type { Message, Origin } from '../domain/message.js';
import type { Redactor } from '../domain/redaction.js';
import type { Settings } from '../domain/settings.js';
import type { TurnEvent } from '../domain/turn.js';
import type { Toolbox } from './toolbox.js';

/** What the gate works with. */
export interface GatePorts {
  readonly toolbox: Toolbox;
  readonly checker: SchemaChecker;
  readonly audit: AuditLog;
  readonly system: System;
  readonly redactor: Redactor;
  readonly settings: Settings;
}

/** For whom, and by whose leave, a call runs. */
export interface GateTurn {
  readonly conversation: ConversationId;
  readonly origin: Origin;
  readonly approver: Approver;
  readonly signal: AbortSignal;
  /** The conversation so far, including this turn. */
  readonly messages: readonly Message[];
  /** Kept by the caller for one turn: which calls were refused in it, so that an identical one is not asked about again. */
  readonly refused: Set<string>;
  /** Told of tool-request, tool-decision and tool-result; nothing that it does stops or changes a call. */
  readonly report: (event: TurnEvent) => void;
  /** How long the tool may run; 60 s when absent. */
  readonly timeoutMs?: number;
  /** How long the approver may take; 2 minutes when absent. */
  readonly approvalTimeoutMs?: number;
}

import type { Instant } from './identifiers.js';
import type { JsonObject } from './json.js';

/** Which of the two logs an entry belongs to. */
export type AuditLogName = 'tool_executions' | 'security';

/** One thing that happened and must be provable later. Texts in it are redacted before it is made. */
export interface AuditEntry {
  readonly log: AuditLogName;
  /** A stable kebab-case verb, such as `tool-call`, `finding`, `vault-read`, `mode-repaired`. */
  readonly event: string;
  readonly at: Instant;
  /** The fields of the event, redacted; never a secret, never free text that was not scanned. */
  readonly detail: JsonObject;
}

/** A stored entry with its place in the chain. */
export interface ChainedEntry extends AuditEntry {
  readonly seq: number;
  readonly hash: string;
  /** Whether it carries a valid or unchecked MAC or lies below a seal. */
  readonly sealed: boolean;
}

/** What the check of one log found. */
export interface AuditVerification {
  readonly log: AuditLogName;
  readonly entries: number;
  /** The last sequence number that a MAC or a seal covers; 0 for none. */
  readonly sealedTo: number;
  /** One sentence per fault: a changed byte, a deleted, swapped or truncated line. Empty when the log is whole. */
  readonly faults: readonly string[];
}

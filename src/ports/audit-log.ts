import type { AuditEntry, AuditLogName, AuditVerification, ChainedEntry } from '../core/domain/audit.js';

/** Writes down what happened; an entry that was appended cannot be changed without notice. */
export interface AuditLog {
  /**
   * Adds an entry to its log and chain; on return it is on disk. With `followed`, for an entry that another one of the same log soon follows
   * and whose loss in a power cut is none, it is there for every reader, and on disk with the next one. Several processes may append at once.
   */
  append(entry: AuditEntry, options?: { readonly followed?: boolean }): Promise<void>;
  /** The last entries of a log, the oldest of them first, at most `limit`. */
  recent(log: AuditLogName, limit: number): Promise<readonly ChainedEntry[]>;
  /** Checks the chain of a log. Never throws for a damaged log. */
  verify(log: AuditLogName): Promise<AuditVerification>;
}

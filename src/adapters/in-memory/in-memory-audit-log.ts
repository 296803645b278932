import { createHash } from 'node:crypto';
import type { AuditEntry, AuditLogName, AuditVerification, ChainedEntry } from '../../core/domain/audit.js';
import { canonicalJson } from '../../core/domain/json.js';
import type { AuditLog } from '../../ports/audit-log.js';

/** What the log holds; several logs over one of these are several processes on one home. */
export interface AuditMemory {
  readonly lines: Record<AuditLogName, ChainedEntry[]>;
}

/** Entries that live as long as the process, chained by hashes: for tests and scripts. */
export class InMemoryAuditLog implements AuditLog {
  readonly #memory: AuditMemory;

  constructor(memory: AuditMemory = { lines: { tool_executions: [], security: [] } }) {
    this.#memory = memory;
  }

  /** All entries of both logs, in the order of each. */
  get entries(): readonly ChainedEntry[] {
    return [...this.#memory.lines.tool_executions, ...this.#memory.lines.security];
  }

  async append(entry: AuditEntry): Promise<void> {
    const lines = this.#memory.lines[entry.log];
    const bare = { ...structuredClone(entry), seq: lines.length + 1, sealed: false };
    lines.push({ ...bare, hash: hashOf(bare, lines.at(-1)?.hash ?? '') });
  }

  async recent(log: AuditLogName, limit: number): Promise<readonly ChainedEntry[]> {
    return limit > 0 ? structuredClone(this.#memory.lines[log].slice(-limit)) : [];
  }

  async verify(log: AuditLogName): Promise<AuditVerification> {
    const lines = this.#memory.lines[log];
    const faults = lines.flatMap(({ hash, ...bare }, index) => {
      const before = lines[index - 1]?.hash ?? '';
      return bare.seq === index + 1 && hashOf(bare, before) === hash ? [] : [`entry ${index + 1} is not the one that was written`];
    });
    return { log, entries: lines.length, sealedTo: 0, faults };
  }
}

function hashOf({ log, event, at, detail, seq }: Omit<ChainedEntry, 'hash'>, before: string): string {
  return createHash('sha256').update(canonicalJson({ log, event, at, detail, seq, before })).digest('hex');
}

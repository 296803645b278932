import type { AuditEntry, AuditLogName } from '../../core/domain/audit.js';
import type { FileLine } from '../support/json-lines.js';
import { type AuditLine, auditLine, CHAIN_START, type ChainPosition, readAuditLine } from './audit-line.js';
import { CHAIN_RESTARTED } from './audit-verification.js';

/** The most lines that one append writes: the entry, a seal, a restart. */
export const LINES_PER_APPEND = 3;

/** What is to be written, and where the chain has come to then. */
export interface AuditAddition {
  readonly text: string;
  readonly position: ChainPosition;
}

/**
 * Puts an entry behind the end of a log. Where the end is not what `head` says, the chain goes on from `head` as if nothing had happened,
 * so that what was changed or cut off shows for ever; a lost head becomes an entry of its own.
 */
export function addToChain(
  entry: AuditEntry,
  tail: readonly FileLine[],
  head: ChainPosition | undefined,
  key: Uint8Array | undefined,
): AuditAddition {
  const lines = tail.map((line) => readAuditLine(line.text));
  const last = lines.at(-1);
  const additions: AuditEntry[] = [];
  const note = (event: string, detail: AuditEntry['detail']): unknown => additions.push({ log: entry.log, at: entry.at, event, detail });
  if (head === undefined && tail.length > 0) note(CHAIN_RESTARTED, {});
  if (key !== undefined && last !== undefined && last.mac === undefined) note('seal', { to: last.seq });
  additions.push(entry);
  let position = end(lines, head);
  let text = '';
  for (const addition of additions) {
    const line = auditLine(position, addition, key);
    text += line.text;
    position = line;
  }
  return { text, position };
}

/** Where the chain goes on: at the last line, if that is what the head names or follows it unbroken (the head is written after the lines). */
function end(lines: readonly (AuditLine | undefined)[], head: ChainPosition | undefined): ChainPosition {
  const last = lines.at(-1);
  if (head === undefined) return last ?? CHAIN_START;
  if (last === undefined) return head;
  let expected = last.hash;
  for (const line of lines.toReversed()) {
    if (line?.hash !== expected) return head;
    if (line.hash === head.hash || line.prev === head.hash) return last;
    expected = line.prev;
  }
  return head;
}

/** A new log's head, written before its first line: a log with lines and without a head has lost it. */
export function firstHead(log: AuditLogName): Readonly<Partial<Record<AuditLogName, ChainPosition>>> {
  return { [log]: CHAIN_START };
}

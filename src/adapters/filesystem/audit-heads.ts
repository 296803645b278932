import { readFileSync } from 'node:fs';
import type { AuditLogName } from '../../core/domain/audit.js';
import { isJsonObject } from '../../core/domain/json.js';
import { writeFileAtomic } from '../support/atomic-file.js';
import { systemErrorCode } from '../support/write-error.js';
import { CHAIN_START, type ChainPosition } from './audit-line.js';

/** Where each chain should have come to; a log that is not in it was never written to. */
export type AuditHeads = Readonly<Partial<Record<AuditLogName, ChainPosition>>>;

/** Reads `logs/.head`; `undefined` when it is missing or damaged. */
export function readHeads(path: string): AuditHeads | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const heads: unknown = JSON.parse(text);
    return isJsonObject(heads) && Object.values(heads).every(isPosition) ? (heads as AuditHeads) : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces `logs/.head`. With `lag` a power cut can leave the one before: then the log is ahead of it, as after a crash between the two. */
export async function writeHeads(path: string, heads: AuditHeads, options: { readonly lag?: true } = {}): Promise<void> {
  const plain = Object.fromEntries(Object.entries(heads).map(([log, { seq, hash }]) => [log, { seq, hash }]));
  await writeFileAtomic(path, `${JSON.stringify(plain)}\n`, 0o600, options);
}

function isPosition(value: unknown): boolean {
  return (
    isJsonObject(value) &&
    Number.isSafeInteger(value.seq) &&
    (value.seq as number) >= CHAIN_START.seq &&
    typeof value.hash === 'string' &&
    /^[0-9a-f]{64}$/.test(value.hash)
  );
}

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AuditEntry, AuditLogName } from '../../core/domain/audit.js';
import type { Instant } from '../../core/domain/identifiers.js';
import { isJsonObject, type JsonObject } from '../../core/domain/json.js';

/** Where a chain has come to: the number and hash of its last entry. */
export interface ChainPosition {
  readonly seq: number;
  readonly hash: string;
}

/** A line of a log as it was read: its hash is true of its bytes. */
export interface AuditLine extends ChainPosition {
  readonly at: Instant;
  readonly event: string;
  readonly detail: JsonObject;
  readonly prev: string;
  readonly mac?: string;
  /** What the MAC is over. */
  readonly body: string;
}

/** Where a chain begins. */
export const CHAIN_START: ChainPosition = { seq: 0, hash: '0'.repeat(64) };

const HASH = /,"hash":"([0-9a-f]{64})"\}$/;
const MAC = /,"mac":"([0-9a-f]{64})"\}$/;

/**
 * An entry as the line that comes after `before`: `{seq, at, event, detail, prev, mac?, hash}`. `hash` is the SHA-256 of the line without it,
 * so it covers every byte; `mac` is an HMAC-SHA-256 of the line without both, and the name of the log, under a key of the vault.
 */
export function auditLine(
  before: ChainPosition,
  entry: AuditEntry,
  key: Uint8Array | undefined,
): ChainPosition & { readonly text: string } {
  const { log, at, event, detail } = entry;
  const seq = before.seq + 1;
  const body = JSON.stringify({ seq, at, event, detail, prev: before.hash });
  const covered = key === undefined ? body : withField(body, 'mac', macOf(key, log, body));
  const hash = sha256(covered);
  return { seq, hash, text: `${withField(covered, 'hash', hash)}\n` };
}

/** Reads a line; `undefined` when any byte of it was changed. */
export function readAuditLine(text: string): AuditLine | undefined {
  const found = HASH.exec(text);
  if (found === null) return undefined;
  const covered = `${text.slice(0, found.index)}}`;
  const hash = found[1] as string;
  if (sha256(covered) !== hash) return undefined;
  const mac = MAC.exec(covered);
  const body = mac === null ? covered : `${covered.slice(0, mac.index)}}`;
  const fields = parseObject(body);
  if (fields === undefined) return undefined;
  const { seq, at, event, detail, prev } = fields;
  if (!Number.isSafeInteger(seq) || typeof at !== 'string' || typeof event !== 'string' || typeof prev !== 'string') return undefined;
  if (!isJsonObject(detail)) return undefined;
  return { seq: seq as number, at: at as Instant, event, detail, prev, hash, body, ...(mac === null ? {} : { mac: mac[1] as string }) };
}

/** Whether the MAC of a line was made with this key for this log. */
export function hasTrueMac(line: AuditLine, log: AuditLogName, key: Uint8Array): boolean {
  return line.mac !== undefined && timingSafeEqual(Buffer.from(line.mac, 'hex'), Buffer.from(macOf(key, log, line.body), 'hex'));
}

function withField(object: string, name: string, value: string): string {
  return `${object.slice(0, -1)},"${name}":"${value}"}`;
}

function macOf(key: Uint8Array, log: AuditLogName, body: string): string {
  return createHmac('sha256', key).update(`${log}\n${body}`).digest('hex');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

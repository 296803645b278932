import { AsyncLocalStorage } from 'node:async_hooks';
import { constants, mkdirSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AuditEntry, AuditLogName, AuditVerification, ChainedEntry } from '../../core/domain/audit.js';
import type { AuditLog } from '../../ports/audit-log.js';
import { appendDurably } from '../support/append-file.js';
import { withFileLock } from '../support/file-lock.js';
import { readTail } from '../support/file-tail.js';
import { type HomePaths, homePaths } from '../support/home-paths.js';
import { type FileLine, linesOf, readLines } from '../support/json-lines.js';
import { plantedLink, systemErrorCode } from '../support/write-error.js';
import { addToChain, firstHead, LINES_PER_APPEND } from './audit-append.js';
import { type AuditHeads, readHeads, writeHeads } from './audit-heads.js';
import { type ChainPosition, readAuditLine } from './audit-line.js';
import { type AuditExpectations, AuditVerifier } from './audit-verification.js';

/** Gives the key of the seals while the vault is open, else `undefined`. Called for each entry, so that no copy of the key is kept. */
export type SealKey = () => Promise<Uint8Array | undefined>;

/** The two logs of a home, `security.log` and `logs/tool_executions.log`, each a chain of JSON lines. */
export class FsAuditLog implements AuditLog {
  readonly #paths: HomePaths;
  readonly #sealKey: SealKey;
  /** Set for what happens while the key is asked for. */
  readonly #askingForKey = new AsyncLocalStorage<true>();

  /** `root`: the absolute path of the home. Without `sealKey` entries are chained, not sealed. */
  constructor(root: string, options: { readonly sealKey?: SealKey } = {}) {
    this.#paths = homePaths(root);
    this.#sealKey = options.sealKey ?? (async () => undefined);
  }

  async append(entry: AuditEntry, { followed = false }: { readonly followed?: boolean } = {}): Promise<void> {
    const key = await this.#key();
    await this.#locked(async () => {
      const path = this.#file(entry.log);
      const heads = await this.#headsFor(entry.log, path);
      let position: ChainPosition | undefined;
      const prepare = async (file: FileHandle, size: number): Promise<string> => {
        const { lines, missingFeed } = await repairedTail(file, size);
        const head = heads[entry.log];
        const addition = addToChain(entry, lines, head, key);
        // The head may lag behind by one append: of more, the next one would not see that they follow it.
        const isAtHead = readAuditLine(lines.at(-1)?.text ?? '')?.hash === head?.hash;
        if (!(followed && isAtHead)) position = addition.position;
        return missingFeed ? `\n${addition.text}` : addition.text;
      };
      await appendDurably(path, prepare, { lag: followed });
      if (position !== undefined) await writeHeads(this.#paths.logsHead, { ...heads, [entry.log]: position }, { lag: true });
    });
  }

  async recent(log: AuditLogName, limit: number): Promise<readonly ChainedEntry[]> {
    if (limit <= 0) return [];
    const file = await openIfThere(this.#file(log));
    if (file === undefined) return [];
    try {
      const { bytes } = await readTail(file, (await file.stat()).size, limit);
      const entries: ChainedEntry[] = [];
      let sealed = false;
      for (const line of [...linesOf(bytes)].reverse()) {
        const entry = readAuditLine(line.text);
        if (entry === undefined) continue;
        sealed ||= entry.mac !== undefined;
        const { at, event, detail, seq, hash } = entry;
        entries.unshift({ log, at, event, detail, seq, hash, sealed });
      }
      return entries.slice(-limit);
    } finally {
      await file.close();
    }
  }

  /** Takes no lock, so that a log can be checked on a full disk: what is appended meanwhile only lies behind the head that was read before. */
  async verify(log: AuditLogName): Promise<AuditVerification> {
    const key = await this.#key();
    const head = this.#head(log);
    const result = await this.#check({ log, head, key });
    // The very first entry may have been written just then.
    const later = head === undefined && result.entries > 0 ? this.#head(log) : undefined;
    return later === undefined ? result : this.#check({ log, head: later, key });
  }

  #head(log: AuditLogName): ChainPosition | undefined {
    return readHeads(this.#paths.logsHead)?.[log];
  }

  async #check(expected: AuditExpectations): Promise<AuditVerification> {
    const verifier = new AuditVerifier(expected);
    const path = this.#file(expected.log);
    if (await isPresent(path)) for await (const line of readLines(path)) verifier.check(line);
    return verifier.result();
  }

  #file(log: AuditLogName): string {
    return log === 'security' ? this.#paths.securityLog : this.#paths.toolExecutionsLog;
  }

  #locked<T>(run: () => Promise<T>): Promise<T> {
    mkdirSync(dirname(this.#paths.logsLock), { recursive: true, mode: 0o700 });
    return withFileLock(this.#paths.logsLock, run);
  }

  async #headsFor(log: AuditLogName, path: string): Promise<AuditHeads> {
    const heads = readHeads(this.#paths.logsHead) ?? {};
    if (heads[log] !== undefined || (await isPresent(path))) return heads;
    const first = { ...heads, ...firstHead(log) };
    await writeHeads(this.#paths.logsHead, first);
    return first;
  }

  /** Asking for the key opens the vault, which may write to this log: such entries go without a seal, and the next one seals them. */
  #key(): Promise<Uint8Array | undefined> {
    if (this.#askingForKey.getStore() === true) return Promise.resolve(undefined);
    return this.#askingForKey.run(true, () => this.#sealKey().catch(() => undefined));
  }
}

/** The last lines of a log, after a half-written one was cut off: nobody was told that it is stored. */
async function repairedTail(
  file: FileHandle,
  size: number,
): Promise<{ readonly lines: readonly FileLine[]; readonly missingFeed: boolean }> {
  const tail = await readTail(file, size, LINES_PER_APPEND + 1);
  const lines = [...linesOf(tail.bytes, tail.offset)];
  const last = lines.at(-1);
  if (last === undefined || last.terminated) return { lines, missingFeed: false };
  if (readAuditLine(last.text) !== undefined) return { lines, missingFeed: true };
  await file.truncate(last.offset);
  return { lines: lines.slice(0, -1), missingFeed: false };
}

async function isPresent(path: string): Promise<boolean> {
  const file = await openIfThere(path);
  const size = (await file?.stat())?.size ?? 0;
  await file?.close();
  return size > 0;
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    // Not waiting for a writer: a pipe that was planted here would hold the program for ever.
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT') return undefined;
    throw code === 'ELOOP' ? plantedLink(path) : error;
  }
}

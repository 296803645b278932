import { randomBytes } from 'node:crypto';
import { closeSync, constants, fchmodSync, lstatSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PyraError } from '../../core/domain/errors.js';
import { isAlive, ownMark, type ProcessMark } from './process-mark.js';
import { systemErrorCode, writeError } from './write-error.js';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
const EMPTY_IS_STALE_MS = 2_000;

/** What a try for a lock came to: it was taken and `release` lets it go (idempotent), or another holds it. */
export type LockAttempt =
  | { readonly taken: true; readonly release: () => void }
  | { readonly taken: false; readonly holder: ProcessMark | undefined };

interface LockFile extends ProcessMark {
  readonly nonce: string;
}

/** The calls of this process that wait for a lock, by its path: they queue here, and only the first of them looks at the file. */
const queues = new Map<string, Promise<void>>();

/**
 * Runs a function while it holds the lock file at `path`, alone among all processes and all callers in this one. A lock whose process is
 * gone is taken over. Waits `timeoutMs` (10 s) at most, then throws `home/locked` that names the holder.
 */
export async function withFileLock<T>(path: string, run: () => Promise<T>, timeoutMs = 10_000): Promise<T> {
  const earlier = queues.get(path) ?? Promise.resolve();
  const mine = earlier.then(() => holding(path, run, timeoutMs));
  const settled = mine.then(
    () => undefined,
    () => undefined,
  );
  queues.set(path, settled);
  try {
    return await mine;
  } finally {
    if (queues.get(path) === settled) queues.delete(path);
  }
}

/** Takes the lock file at `path` if nobody holds it; never waits. */
export function tryFileLock(path: string): LockAttempt {
  const nonce = randomBytes(12).toString('hex');
  // Twice, since the first may only have cleared away the lock of a dead process.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    if (create(path, nonce)) return { taken: true, release: () => release(path, nonce) };
    if (!clearStale(path)) break;
  }
  return { taken: false, holder: read(path)?.mark };
}

async function holding<T>(path: string, run: () => Promise<T>, timeoutMs: number): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (let pause = 1; ; pause = Math.min(pause * 2, 25)) {
    const attempt = tryFileLock(path);
    if (attempt.taken) {
      try {
        return await run();
      } finally {
        attempt.release();
      }
    }
    if (performance.now() >= end) throw heldTooLong(path, attempt.holder);
    await wait(pause * (0.5 + Math.random()));
  }
}

function create(path: string, nonce: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw writeError(error, path);
  }
  try {
    fchmodSync(descriptor, 0o600);
    writeSync(descriptor, JSON.stringify({ ...ownMark(), nonce } satisfies LockFile));
  } catch (error) {
    unlinkSync(path);
    throw writeError(error, path);
  } finally {
    closeSync(descriptor);
  }
  // Was this process stopped between the two calls above, another may have taken the empty file for a dead one's.
  return read(path)?.mark?.nonce === nonce;
}

function release(path: string, nonce: string): void {
  if (read(path)?.mark?.nonce === nonce) unlinkSync(path);
}

/** Removes the lock of a dead process. Two processes that both saw it as dead must not remove each other's new one: hence the guard. */
function clearStale(path: string): boolean {
  if (!isStale(path)) return false;
  const guard = `${path}.guard`;
  try {
    closeSync(openSync(guard, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600));
  } catch {
    clearOldGuard(guard);
    return false;
  }
  try {
    if (isStale(path)) unlinkSync(path);
    return true;
  } finally {
    unlinkSync(guard);
  }
}

/** A guard is held for microseconds: an old one belongs to a process that was killed in just that moment. */
function clearOldGuard(guard: string): void {
  try {
    if (Date.now() - lstatSync(guard).mtimeMs < EMPTY_IS_STALE_MS) return;
    const aside = `${guard}.${randomBytes(6).toString('hex')}`;
    renameSync(guard, aside);
    unlinkSync(aside);
  } catch {
    // Another process was faster.
  }
}

function isStale(path: string): boolean {
  const file = read(path);
  if (file === undefined) return false;
  if (file.mark === undefined) return Date.now() - file.writtenMs > EMPTY_IS_STALE_MS;
  return !isAlive(file.mark, file.writtenMs);
}

function read(path: string): { readonly mark: LockFile | undefined; readonly writtenMs: number } | undefined {
  try {
    const writtenMs = lstatSync(path).mtimeMs;
    return { mark: parse(readFileSync(path, 'utf8')), writtenMs };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text: string): LockFile | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'pid' in value ? (value as LockFile) : undefined;
  } catch {
    return undefined;
  }
}

function heldTooLong(path: string, holder: ProcessMark | undefined): PyraError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid}`;
  return new PyraError('home/locked', `${basename(path)} is held by ${who}`, {
    hint: `wait for it to end; if no such process runs on this machine, remove ${path}`,
    retryable: true,
  });
}

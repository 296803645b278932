import { constants, mkdirSync } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Conversation, ConversationHeading } from '../../core/domain/conversation.js';
import { compareHeadings } from '../../core/domain/conversation-heading.js';
import { PyraError } from '../../core/domain/errors.js';
import { type ConversationId, isConversationId } from '../../core/domain/identifiers.js';
import type { Message } from '../../core/domain/message.js';
import type { ConversationStore } from '../../ports/conversation-store.js';
import { appendDurably } from '../support/append-file.js';
import { syncDirectory } from '../support/atomic-file.js';
import { tryFileLock, withFileLock } from '../support/file-lock.js';
import { readTail } from '../support/file-tail.js';
import { linesOf } from '../support/json-lines.js';
import { safePath } from '../support/safe-path.js';
import { plantedLink, systemErrorCode, writeError } from '../support/write-error.js';
import { indexedHeadings } from './conversation-index.js';
import { conversationLine, isTorn, messagesOfLine } from './conversation-line.js';

/** Conversations as JSON lines, one file each, one line per append. */
export class FsConversationStore implements ConversationStore {
  readonly #folder: string;

  /** `folder`: the absolute path of the home's `conversations/`. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async load(id: ConversationId): Promise<Conversation | undefined> {
    const path = await this.#path(id);
    const bytes = await readWhole(path);
    if (bytes === undefined) return undefined;
    const messages: Message[] = [];
    let lineNumber = 0;
    for (const line of linesOf(bytes)) {
      lineNumber += 1;
      for (const message of messagesOfLine(line, lineNumber, path)) messages.push(message);
    }
    return messages.length === 0 ? undefined : { id, messages };
  }

  async append(id: ConversationId, messages: readonly Message[]): Promise<void> {
    const path = await this.#path(id);
    if (messages.length === 0) return;
    const line = conversationLine(messages);
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    await withFileLock(this.#beside(id, 'lock'), () =>
      appendDurably(path, async (file, size) => ((await endsInsideLine(file, size)) ? `\n${line}` : line)),
    );
  }

  async headings(): Promise<readonly ConversationHeading[]> {
    return [...(await indexedHeadings(this.#folder))].sort(compareHeadings);
  }

  async delete(id: ConversationId): Promise<boolean> {
    const path = await this.#path(id);
    const lease = tryLease(this.#beside(id, 'lease'));
    if (lease === undefined) return false;
    if (!lease.taken && lease.holder?.pid !== process.pid) throw inUse(id, lease.holder?.pid);
    try {
      return await withFileLock(this.#beside(id, 'lock'), () => remove(path, this.#folder));
    } finally {
      if (lease.taken) lease.release();
    }
  }

  async lease(id: ConversationId): Promise<() => Promise<void>> {
    await this.#path(id);
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const lease = tryFileLock(this.#beside(id, 'lease'));
    if (!lease.taken) throw inUse(id, lease.holder?.pid);
    return async () => lease.release();
  }

  #path(id: ConversationId): Promise<string> {
    if (!isConversationId(id)) {
      return Promise.reject(new PyraError('usage', 'a conversation is named by lower-case letters, digits and dashes, at most 64'));
    }
    return safePath(this.#folder, `${id}.jsonl`);
  }

  #beside(id: ConversationId, what: 'lock' | 'lease'): string {
    return join(this.#folder, `.${id}.${what}`);
  }
}

/** Cuts off what an interrupted append left; true when the last line is whole and lacks only its line feed (an editor may drop it). */
async function endsInsideLine(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const tail = await readTail(file, size, 1);
  const last = [...linesOf(tail.bytes, tail.offset)].at(-1);
  if (last === undefined || !isTorn(last)) return false;
  try {
    JSON.parse(last.text);
    return true;
  } catch {
    await file.truncate(last.offset);
    return false;
  }
}

async function readWhole(path: string): Promise<Buffer | undefined> {
  let file: FileHandle;
  try {
    // Not waiting for a writer: a pipe that was planted here would hold the program for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT') return undefined;
    throw code === 'ELOOP' ? plantedLink(path) : error;
  }
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** The lease of a conversation for its removal; `undefined` when there is not even a folder. */
function tryLease(path: string): ReturnType<typeof tryFileLock> | undefined {
  try {
    return tryFileLock(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function remove(path: string, folder: string): Promise<boolean> {
  try {
    await unlink(path);
    await syncDirectory(folder);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw writeError(error, path);
  }
}

function inUse(id: ConversationId, pid: number | undefined): PyraError {
  const who = pid === process.pid ? 'another turn of this process' : pid === undefined ? 'another process' : `process ${pid}`;
  return new PyraError('home/locked', `the conversation ${id} is in use by ${who}`, {
    hint: 'wait for its turn to end, or go on in a copy: --fork',
    retryable: true,
  });
}

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ConversationHeading } from '../../core/domain/conversation.js';
import { extendHeading } from '../../core/domain/conversation-heading.js';
import { type ConversationId, isConversationId } from '../../core/domain/identifiers.js';
import type { Message } from '../../core/domain/message.js';
import { writeFileAtomic } from '../support/atomic-file.js';
import { readLines } from '../support/json-lines.js';
import { messagesOfLine } from './conversation-line.js';

const VERSION = 1;
const ENDING = '.jsonl';

/** What is known of one file: valid while its size, time and inode are the same; a longer one of the same inode is read on from `end`. */
interface IndexedFile {
  readonly size: number;
  readonly modifiedMs: number;
  readonly inode: number;
  /** Where the first line begins that was not read yet. */
  readonly end: number;
  readonly heading?: ConversationHeading;
}

type Index = Readonly<Record<string, IndexedFile>>;

/**
 * The headings of a folder of conversations. Only what was added since the last call is read: the rest comes from `.index.json`, which is
 * made again from the files whenever it does not fit them.
 */
export async function indexedHeadings(folder: string): Promise<readonly ConversationHeading[]> {
  const path = join(folder, '.index.json');
  const known = readIndex(path);
  const index: Record<string, IndexedFile> = {};
  for (const id of conversationIds(folder)) {
    const file = await indexFile(join(folder, `${id}${ENDING}`), id, known[id]);
    if (file !== undefined) index[id] = file;
  }
  const changed = Object.keys(known).length !== Object.keys(index).length || Object.keys(index).some((id) => index[id] !== known[id]);
  // Only a cache: a full disk must not keep anyone from listing conversations.
  if (changed) await writeFileAtomic(path, JSON.stringify({ version: VERSION, files: index }), 0o600).catch(() => undefined);
  return Object.values(index).flatMap((file) => (file.heading === undefined ? [] : [file.heading]));
}

function conversationIds(folder: string): readonly ConversationId[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const id = name.slice(0, -ENDING.length);
    return name.endsWith(ENDING) && isConversationId(id) ? [id] : [];
  });
}

async function indexFile(path: string, id: ConversationId, known: IndexedFile | undefined): Promise<IndexedFile | undefined> {
  const status = statSync(path, { throwIfNoEntry: false });
  if (!status?.isFile()) return undefined;
  const sameFile = known?.inode === status.ino;
  if (sameFile && known.size === status.size && known.modifiedMs === status.mtimeMs) return known;
  const grown = sameFile && known.size < status.size;
  let heading = grown ? known.heading : undefined;
  let end = grown ? known.end : 0;
  for await (const line of readLines(path, end)) {
    if (!line.terminated) break;
    end = line.end;
    heading = extendHeading(
      id,
      heading,
      messagesOrNone(() => messagesOfLine(line, 0, path)),
    );
  }
  return { size: status.size, modifiedMs: status.mtimeMs, inode: status.ino, end, ...(heading === undefined ? {} : { heading }) };
}

/** A damaged line is an error for who opens the conversation, not for who lists all of them. */
function messagesOrNone(read: () => readonly Message[]): readonly Message[] {
  try {
    return read();
  } catch {
    return [];
  }
}

function readIndex(path: string): Index {
  try {
    const stored = JSON.parse(readFileSync(path, 'utf8')) as { readonly version?: unknown; readonly files?: Index };
    return stored.version === VERSION && stored.files !== undefined ? stored.files : {};
  } catch {
    return {};
  }
}

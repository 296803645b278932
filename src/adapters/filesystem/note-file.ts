import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fchmodSync, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { MAX_NOTE_BYTES } from '../../core/domain/memory-note.js';

/** Room for a front matter on top of the largest text. */
const MAX_FILE_BYTES = MAX_NOTE_BYTES + 100_000;

/** A file's state as far as it tells that the content may have changed. */
export interface FileState {
  readonly inode: number;
  readonly size: number;
  /** When anything of the file was changed last, its times included, in milliseconds since 1970. */
  readonly touchedMs: number;
  /** When the content was changed last, as far as that was not set by hand. */
  readonly changedMs: number;
  readonly bornMs: number;
  /** The mode that let others in before it was narrowed, if it did. */
  readonly widerMode?: number;
}

/** What reading a note's file came to. */
export type NoteFile =
  | { readonly outcome: 'text'; readonly source: string; readonly state: FileState }
  | { readonly outcome: 'missing' }
  | { readonly outcome: 'unreadable'; readonly label: UnreadableLabel; readonly state?: FileState };

/** Why a file cannot be a note. */
export type UnreadableLabel = 'note-not-utf8' | 'note-too-large' | 'note-not-a-file' | 'note-is-a-link' | 'note-not-readable';

/** What each reason means, for the person: a clause that follows the note's name, and what to do. */
export const UNREADABLE: Readonly<Record<UnreadableLabel, { readonly message: string; readonly fix: string }>> = {
  'note-not-utf8': { message: 'is not text in UTF-8', fix: 'convert it, for instance with iconv -t UTF-8' },
  'note-too-large': { message: `is larger than ${MAX_NOTE_BYTES} bytes`, fix: 'split it into several notes' },
  'note-not-a-file': { message: 'is not a plain file', fix: 'move it out of the memory' },
  'note-is-a-link': { message: 'is a symbolic link', fix: 'replace it by a copy of what it points to' },
  'note-not-readable': { message: 'cannot be opened', fix: 'give yourself the right to read it (chmod u+r)' },
};

/** The state that a file's status tells. */
export function fileState({ ino, size, ctimeMs, mtimeMs, birthtimeMs }: Stats): FileState {
  return { inode: ino, size, touchedMs: ctimeMs, changedMs: mtimeMs, bornMs: birthtimeMs };
}

/** Reads the file of a note below `root`, never through a link in its last part. Throws only for faults of the machine (I/O errors). */
export function readNoteFile(root: string, path: string): NoteFile {
  let descriptor: number;
  try {
    // Without O_NONBLOCK a named pipe would hold the process up.
    descriptor = openSync(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return notOpened(error as NodeJS.ErrnoException);
  }
  try {
    const state = narrowedState(descriptor);
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return { outcome: 'unreadable', label: 'note-not-a-file', state };
    if (stats.size > MAX_FILE_BYTES) return { outcome: 'unreadable', label: 'note-too-large', state };
    const bytes = readAll(descriptor, stats.size);
    if (bytes === undefined) return { outcome: 'unreadable', label: 'note-too-large', state };
    if (!isUtf8(bytes) || bytes.includes(0)) return { outcome: 'unreadable', label: 'note-not-utf8', state };
    return { outcome: 'text', source: bytes.toString('utf8'), state };
  } finally {
    closeSync(descriptor);
  }
}

/** The state of an open note, after others were kept out of one that an editor or a copy had opened to them. */
function narrowedState(descriptor: number): FileState {
  const stats = fstatSync(descriptor);
  const mode = stats.mode & 0o7777;
  const mine = process.platform !== 'win32' && stats.uid === process.getuid?.();
  if (!stats.isFile() || !mine || (mode & ~0o600) === 0) return fileState(stats);
  fchmodSync(descriptor, mode & 0o600);
  return { ...fileState(fstatSync(descriptor)), widerMode: mode };
}

function notOpened(error: NodeJS.ErrnoException): NoteFile {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { outcome: 'missing' };
    case 'ELOOP':
    case 'EMLINK':
      return { outcome: 'unreadable', label: 'note-is-a-link' };
    case 'EACCES':
    case 'EPERM':
      return { outcome: 'unreadable', label: 'note-not-readable' };
    case 'EISDIR':
    case 'ENXIO':
      return { outcome: 'unreadable', label: 'note-not-a-file' };
    default:
      throw error;
  }
}

/** All bytes of an open file, which may shrink or grow meanwhile; `undefined` when it grows too large. */
function readAll(descriptor: number, expected: number): Buffer | undefined {
  let buffer = Buffer.allocUnsafe(expected + 1);
  let length = 0;
  for (;;) {
    const read = readSync(descriptor, buffer, length, buffer.length - length, null);
    if (read === 0) return buffer.subarray(0, length);
    length += read;
    if (length > MAX_FILE_BYTES) return undefined;
    if (length === buffer.length) buffer = Buffer.concat([buffer], Math.min(MAX_FILE_BYTES + 1, buffer.length * 2));
  }
}

import type { Etag } from './etag.js';
import { nameOf, type RemotePath, shownPath } from './remote-path.js';

/** A file or a folder on the server. */
export interface FileEntry {
  readonly path: RemotePath;
  readonly type: 'file' | 'folder';
  /** In bytes; of a folder only where the server says it. */
  readonly size?: number;
  /** ISO 8601, UTC. */
  readonly modified?: string;
  readonly etag?: Etag;
  /** The media type that the server takes it for. */
  readonly mediaType?: string;
}

/** A size for the eyes: `13 bytes`, `4.2 KB`. */
export function shownSize(bytes: number): string {
  if (bytes < 1_000) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = '';
  for (const next of units) {
    if (size < 1_000) break;
    size /= 1_000;
    unit = next;
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}

/** One line about an entry: `Notes.md, 14 bytes, 2026-02-03 04:05 UTC`. */
export function shownEntry(entry: FileEntry, name = nameOf(entry.path)): string {
  const parts = [
    `${shownPath(name)}${entry.type === 'folder' ? '/' : ''}`,
    ...(entry.type === 'file' && entry.size !== undefined ? [shownSize(entry.size)] : []),
    ...(entry.modified === undefined ? [] : [`${entry.modified.slice(0, 16).replace('T', ' ')} UTC`]),
  ];
  return parts.join(', ');
}

/** An entry as programs read it. */
export function entryData(entry: FileEntry): { readonly [key: string]: string | number } {
  return {
    path: entry.path,
    type: entry.type,
    ...(entry.size === undefined ? {} : { size: entry.size }),
    ...(entry.modified === undefined ? {} : { modified: entry.modified }),
    ...(entry.etag === undefined ? {} : { etag: entry.etag }),
    ...(entry.mediaType === undefined ? {} : { mediaType: entry.mediaType }),
  };
}

/** A number of things for the eyes: `1 file`, `3 folders`. */
export function counted(count: number, thing: 'file' | 'folder'): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

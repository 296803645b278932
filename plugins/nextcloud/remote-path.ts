import { ToolFailure } from 'pyra/plugin';

/** A path on the server, from the root of the person's files: `/` or `/Documents/plan.txt`, never with `..` or a slash at the end. */
export type RemotePath = string & { readonly brand: 'RemotePath' };

/** The root of the person's files. */
export const ROOT = '/' as RemotePath;

const LONGEST = 4_000;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
/** Characters that do not show or turn the order of others: a name with them looks like another one. */
const UNSEEN = /[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;
const SHOWN_ESCAPED = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Reads a path as the model gives it, with or without a slash at the start or the end.
 * @throws ToolFailure for `.` and `..`, backslashes, control characters, half characters and paths that are too long.
 */
export function parsePath(text: string): RemotePath {
  if (text.length > LONGEST) throw new ToolFailure('the path is too long');
  if (CONTROL.test(text)) throw new ToolFailure(`the path holds a control character: ${shownPath(text)}`);
  if (text.includes('\\')) throw new ToolFailure('the path holds a backslash; folders are separated by /');
  if (!text.isWellFormed()) throw new ToolFailure('the path holds half a character');
  const segments = text.split('/').filter((segment) => segment !== '');
  if (segments.some((segment) => segment === '..' || segment === '.')) throw new ToolFailure('a path must not hold . or .. as a part');
  return `/${segments.join('/')}` as RemotePath;
}

/**
 * Reads the path of something that is to be made: as {@link parsePath}, and nothing in it may look like something else.
 * @throws ToolFailure also for characters that do not show, and for the root.
 */
export function parseNewPath(text: string): RemotePath {
  const path = parsePath(text);
  if (UNSEEN.test(path)) throw new ToolFailure(`the path holds a character that does not show: ${shownPath(path)}`);
  if (path === ROOT) throw new ToolFailure('the path names no file');
  return path;
}

/** The path of an entry of a folder. */
export function joinPath(folder: RemotePath, name: string): RemotePath {
  return `${folder === ROOT ? '' : folder}/${name}` as RemotePath;
}

/** The folder that a path lies in; the root lies in itself. */
export function parentOf(path: RemotePath): RemotePath {
  const end = path.lastIndexOf('/');
  return end <= 0 ? ROOT : (path.slice(0, end) as RemotePath);
}

/** The last part of a path; empty for the root. */
export function nameOf(path: RemotePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** All folders above a path without the root, the outermost first. */
export function foldersAbove(path: RemotePath): readonly RemotePath[] {
  const parent = parentOf(path);
  return parent === ROOT ? [] : [...foldersAbove(parent), parent];
}

/** Whether a path is another one or lies in it. */
export function isWithin(path: RemotePath, folder: RemotePath): boolean {
  return folder === ROOT || path === folder || path.startsWith(`${folder}/`);
}

/** A path or a name for the eyes: what does not show is escaped, so that no name can pretend to be another line. */
export function shownPath(path: string): string {
  return path.replace(SHOWN_ESCAPED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The path as a URL has it: every part percent-encoded. */
export function encodedPath(path: RemotePath): string {
  return path.split('/').map(encodePart).join('/');
}

function encodePart(part: string): string {
  // `encodeURIComponent` leaves these alone although RFC 3986 reserves them.
  return encodeURIComponent(part).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

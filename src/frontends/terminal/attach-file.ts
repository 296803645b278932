import { open, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { PyraError } from '../../core/domain/errors.js';
import type { Attachment } from '../../core/domain/message.js';
import { isInside } from '../../core/domain/path-boundary.js';

/** Where attachments are looked for, and where they may not come from. */
export interface AttachOptions {
  readonly cwd: string;
  /** Pyra's home: nothing inside it can be attached, and nothing of another profile's. */
  readonly home: string;
  /** A new random mark for the attachment's fence. */
  readonly boundary: string;
}

/** The most of one file, in bytes. */
export const MAX_ATTACHMENT = 10_000_000;

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);

/**
 * Reads a file as an attachment: UTF-8 text, PNG or JPEG. Its text is external, whoever attaches it. Throws `not-found`,
 * `path/outside-boundary` for what lies in Pyra's home (links are followed first), `limit/reached`, and `usage` for what is neither.
 */
export async function attachFile(path: string, options: AttachOptions): Promise<Attachment> {
  const real = await realpath(attachmentPath(path, options.cwd)).catch((error: unknown) => {
    throw new PyraError('not-found', `there is no file ${path}`, { cause: error });
  });
  await refuseHome(path, real, options.home);
  const file = await open(real, 'r').catch((error: unknown) => {
    throw new PyraError('not-found', `${path} cannot be read`, { cause: error });
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new PyraError('usage', `${path} is no regular file`);
    if (stat.size > MAX_ATTACHMENT) throw new PyraError('limit/reached', `${path} is larger than ${MAX_ATTACHMENT / 1_000_000} MB`);
    return attachmentOf(basename(path), await file.readFile(), options.boundary);
  } finally {
    await file.close();
  }
}

/** The absolute path that a person means, `~` included. */
export function attachmentPath(path: string, cwd: string): string {
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1));
  return isAbsolute(path) ? path : resolve(cwd, path);
}

async function refuseHome(path: string, real: string, home: string): Promise<void> {
  // A profile lives inside the main home, whose other parts are as private.
  const main = basename(dirname(home)) === 'profiles' ? dirname(dirname(home)) : home;
  const root = await realpath(main).catch(() => main);
  if (!isInside(root, real)) return;
  throw new PyraError('path/outside-boundary', `${path} lies in Pyra's own home, and nothing in there can be attached`, {
    hint: 'notes reach the assistant through its memory',
  });
}

function attachmentOf(name: string, bytes: Buffer, boundary: string): Attachment {
  const source = `file ${name}`;
  if (bytes.subarray(0, PNG.length).equals(PNG)) return { kind: 'image', source, mediaType: 'image/png', base64: bytes.toString('base64') };
  if (bytes.subarray(0, JPEG.length).equals(JPEG))
    return { kind: 'image', source, mediaType: 'image/jpeg', base64: bytes.toString('base64') };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\u0000')) return { kind: 'text', source, text, boundary };
  } catch {
    // Not UTF-8: refused below.
  }
  throw new PyraError('usage', `${name} is neither text in UTF-8 nor a PNG or JPEG image`);
}

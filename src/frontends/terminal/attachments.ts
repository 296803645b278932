import { open, realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { PyraError } from '../../core/domain/errors.js';
import type { Attachment } from '../../core/domain/message.js';
import { isInside } from '../../core/domain/path-boundary.js';
import { attachmentPath } from './attachment-path.js';
import { pdfText } from './module.js';

/** The most that is attached or read from standard input, in bytes. */
export const MAX_INPUT_BYTES = 10 * 1024 * 1024;

const FETCH_TIMEOUT_MS = 30_000;

/** Where attachments come from and what marks them. */
export interface AttachmentPlace {
  readonly cwd: string;
  /** Nothing inside the home can be attached. */
  readonly home: string;
  /** A new random mark for the fence of one text. */
  boundary(): string;
  readonly signal: AbortSignal;
}

/**
 * Reads a file, or fetches an `http(s)` address, to attach it: text, the text of a PDF, or a PNG or JPEG image; at most 10 MB.
 * @throws PyraError `not-found`, `path/outside-boundary` for anything inside the home, `usage` for what is neither text, PDF nor image
 */
export async function readAttachment(what: string, place: AttachmentPlace): Promise<Attachment> {
  if (/^https?:\/\//i.test(what)) return attachmentOf(await fetchBytes(what, place.signal), what, place.boundary());
  return attachmentOf(await readBytes(what, place), basename(what), place.boundary());
}

/** What kind of attachment some bytes are, judged by their content and not by a name. */
export async function attachmentOf(bytes: Uint8Array, source: string, boundary: string): Promise<Attachment> {
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47])) return { kind: 'image', source, mediaType: 'image/png', base64: base64(bytes) };
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return { kind: 'image', source, mediaType: 'image/jpeg', base64: base64(bytes) };
  if (startsWith(bytes, [0x25, 0x50, 0x44, 0x46])) return { kind: 'text', source, text: await textOfPdf(bytes, source), boundary };
  const text = new TextDecoder('utf-8', { fatal: true });
  try {
    return { kind: 'text', source, text: text.decode(bytes), boundary };
  } catch (cause) {
    throw new PyraError('usage', `${source} is neither UTF-8 text nor a PDF, PNG or JPEG file`, { cause });
  }
}

async function readBytes(what: string, place: AttachmentPlace): Promise<Uint8Array> {
  const path = attachmentPath(what, place.cwd);
  const real = await realpath(path).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'ENOENT' || cause.code === 'ENOTDIR'
      ? new PyraError('not-found', `there is no file ${what}`, { cause })
      : new PyraError('usage', `cannot read ${what}: ${cause.code ?? 'unknown'}`, { cause });
  });
  // A profile lies inside the main home, whose other parts are as private.
  const main = basename(dirname(place.home)) === 'profiles' ? dirname(dirname(place.home)) : place.home;
  const home = await realpath(main).catch(() => main);
  if (isInside(home, real) || isInside(main, path)) {
    throw new PyraError('path/outside-boundary', `${what} is inside the home of Pyra and cannot be attached`, {
      hint: 'notes are reached through the memory: pyra memory show NAME',
    });
  }
  const file = await open(real, 'r');
  try {
    const { size } = await file.stat().then((stat) => {
      if (stat.isDirectory()) throw new PyraError('usage', `${what} is a folder; attach its files one by one`);
      return stat;
    });
    if (size > MAX_INPUT_BYTES) throw tooLarge(what);
    const buffer = Buffer.alloc(MAX_INPUT_BYTES + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) break;
    }
    if (length > MAX_INPUT_BYTES) throw tooLarge(what);
    return Uint8Array.from(buffer.subarray(0, length));
  } finally {
    await file.close();
  }
}

async function fetchBytes(address: string, signal: AbortSignal): Promise<Uint8Array> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(FETCH_TIMEOUT_MS)]);
  const response = await fetch(address, { signal: limit }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new PyraError('model/network', `cannot fetch ${address}`, { cause, hint: 'check the address and the network', retryable: true });
  });
  if (!response.ok) throw new PyraError('not-found', `${address} answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_INPUT_BYTES) throw tooLarge(address);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function textOfPdf(bytes: Uint8Array, source: string): Promise<string> {
  try {
    return await pdfText(Uint8Array.from(bytes));
  } catch (cause) {
    throw new PyraError('usage', `${source} is a PDF that cannot be read`, { cause, hint: 'it may be damaged or need a password' });
  }
}

function tooLarge(what: string): PyraError {
  return new PyraError('usage', `${what} is larger than 10 MB`, { hint: 'attach a part of it' });
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

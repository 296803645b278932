import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, sep } from 'node:path';
import { ToolFailure } from 'pyra/plugin';

/** The most that the files of one message may hold together, in bytes: 25 MB as they are sent, which is what most servers take. */
export const MAX_ATTACHMENT_BYTES = 18 * 1024 * 1024;

/** A file that goes with a message, as it was read. */
export interface OutgoingAttachment {
  readonly name: string;
  readonly content: Buffer;
  /** Of the content, in hex. */
  readonly sha256: string;
}

/**
 * Reads the files that go with a message. Only files in the plugin's data folder can go, by their name there; links are not followed.
 * @throws ToolFailure for any other name, a missing file, or too much.
 */
export async function loadAttachments(names: readonly string[], dataDir: string): Promise<readonly OutgoingAttachment[]> {
  const loaded: OutgoingAttachment[] = [];
  let room = MAX_ATTACHMENT_BYTES;
  for (const name of names) {
    const attachment = await loadAttachment(name, dataDir, room);
    room -= attachment.content.length;
    loaded.push(attachment);
  }
  return loaded;
}

async function loadAttachment(name: string, dataDir: string, room: number): Promise<OutgoingAttachment> {
  const root = await realpath(dataDir);
  const path = join(root, name);
  const inside = relative(root, path);
  const parts = inside.split(sep);
  if (name === '' || isAbsolute(name) || /[\p{Cc}\\]/u.test(name) || parts.some((part) => part.startsWith('.') || part === '')) {
    throw new ToolFailure(
      `${JSON.stringify(name)} cannot be attached: only files in the plugin's data folder can, by the name that email.attachment gave`,
    );
  }
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined)
    throw new ToolFailure(`there is no file ${JSON.stringify(name)} in the data folder; email.attachment saves one there`);
  if (real !== path) throw new ToolFailure(`${JSON.stringify(name)} is a link, which cannot be attached`);
  const content = await readWhole(path, name, room);
  return { name: basename(path), content, sha256: createHash('sha256').update(content).digest('hex') };
}

async function readWhole(path: string, name: string, room: number): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new ToolFailure(`${JSON.stringify(name)} is not a file`);
    if (found.size > room)
      throw new ToolFailure(
        `the attachments hold more than ${MAX_ATTACHMENT_BYTES / 1024 / 1024} MB together, which is the most that can be sent`,
      );
    const content = await file.readFile();
    if (content.length > room) throw new ToolFailure(`${JSON.stringify(name)} grew while it was read`);
    return content;
  } finally {
    await file.close();
  }
}

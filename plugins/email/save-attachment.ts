import { mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { type PluginContext, type ToolAnswer, ToolFailure } from 'pyra/plugin';
import { type FilePart, partsOf } from './message-parts.js';
import { textOf } from './message-text.js';
import { oneLine } from './one-line.js';
import { withMessage } from './open-message.js';
import { safeFileName } from './safe-file-name.js';
import { shownSize } from './shown-size.js';

/** The arguments of `email.attachment`. */
export interface AttachmentArguments {
  readonly id: string;
  readonly index: number;
  readonly account?: string;
}

/** The folder in the plugin's data folder that attachments are saved to. */
export const ATTACHMENT_FOLDER = 'attachments';

/** The largest attachment that is saved, in bytes. */
export const MOST_BYTES = 25 * 1024 * 1024;

/** The largest file whose text is given, in bytes, and the most text. */
const MOST_TEXT_BYTES = 2 * 1024 * 1024;
const MOST_CHARACTERS = 200_000;

/** Saves one attachment under a safe name, and gives its text where it is text. It is written as it comes in, so its size takes no memory. */
export async function saveAttachment(args: AttachmentArguments, context: PluginContext): Promise<ToolAnswer> {
  return withMessage(args, context, { uid: true, envelope: true, bodyStructure: true }, async ({ client, reference, message }) => {
    const files = message.bodyStructure === undefined ? [] : partsOf(message.bodyStructure).files;
    const file = files[args.index - 1];
    if (file === undefined) {
      throw new ToolFailure(
        files.length === 0 ? 'the message has no attachments' : `there is no attachment ${args.index}; the message has ${files.length}`,
      );
    }
    if (file.size > MOST_BYTES) throw tooLarge(file);
    context.progress(`fetching ${file.name} (${shownSize(file.size)})`);
    const { content } = await client.download(String(reference.uid), file.part, { uid: true, decodeText: false });
    if (content === undefined) throw new ToolFailure(`the server does not give attachment ${args.index}`);
    const saved = await write(content, file, context);
    const text = await textOfFile(saved.path, saved.size, file);
    const sender = oneLine(message.envelope?.from?.[0]?.address ?? '');
    const head = `saved as ${saved.name} in the plugin's data folder (${file.type}, ${shownSize(saved.size)})`;
    return {
      text: text === undefined ? `${head}\n${describe(file)}` : `${head}\n\n${text}`,
      data: { name: saved.name, path: saved.path, type: file.type, size: saved.size, text: text ?? null },
      ...(sender === '' ? {} : { source: sender }),
    };
  });
}

interface SavedFile {
  readonly name: string;
  readonly path: string;
  readonly size: number;
}

async function write(content: Readable, file: FilePart, context: PluginContext): Promise<SavedFile> {
  const folder = join(context.dataDir, ATTACHMENT_FOLDER);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `.${process.pid}-${Date.now()}.part`);
  const handle = await open(temporary, 'wx', 0o600);
  let size = 0;
  try {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      context.signal.throwIfAborted();
      size += chunk.length;
      if (size > MOST_BYTES) throw tooLarge(file);
      await handle.write(chunk);
    }
    await handle.close();
    const name = await freeName(folder, safeFileName(file.name));
    await rename(temporary, join(folder, name));
    return { name: `${ATTACHMENT_FOLDER}/${name}`, path: join(folder, name), size };
  } catch (thrown) {
    content.destroy();
    await handle.close().catch(() => undefined);
    await unlink(temporary).catch(() => undefined);
    throw thrown;
  }
}

/** A name that is not taken in a folder; it is taken at once by an empty file, over which the real one is put. */
async function freeName(folder: string, name: string): Promise<string> {
  const ending = extname(name);
  const stem = name.slice(0, name.length - ending.length);
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${stem}-${number}${ending}`;
    try {
      await (await open(join(folder, candidate), 'wx', 0o600)).close();
      return candidate;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST' || number > 999) throw thrown;
    }
  }
}

async function textOfFile(path: string, size: number, file: FilePart): Promise<string | undefined> {
  const isText = file.type.startsWith('text/') || /^application\/(ics|json|xml|x-ndjson|yaml)$/.test(file.type);
  if (!isText || size > MOST_TEXT_BYTES) return undefined;
  const type = file.type === 'text/html' ? 'text/html' : 'text/plain';
  const { text, notes } = await textOf(await readFile(path), {
    type,
    flowed: 'no',
    ...(file.charset === undefined ? {} : { charset: file.charset }),
  });
  const cut = text.length > MOST_CHARACTERS ? [`cut after ${MOST_CHARACTERS} of ${text.length} characters`] : [];
  return [...[...notes, ...cut].map((note) => `Note: ${note}`), text.slice(0, MOST_CHARACTERS)].join('\n');
}

function describe(file: FilePart): string {
  const kind = file.type.startsWith('image/') ? 'an image' : file.type === 'application/pdf' ? 'a PDF' : `of the kind ${file.type}`;
  return `it is ${kind}, so its text is not given`;
}

function tooLarge(file: FilePart): ToolFailure {
  return new ToolFailure(`${file.name} is too large (${shownSize(file.size)}): at most ${shownSize(MOST_BYTES)} are saved`);
}

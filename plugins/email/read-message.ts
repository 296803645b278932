import type { FetchMessageObject, MessageStructureObject } from 'imapflow';
import { type PluginContext, type ToolAnswer, ToolFailure } from 'pyra/plugin';
import { type FilePart, findPart, type MessageParts, partsOf, partsOfAttached } from './message-parts.js';
import { dateOf, shownAddress } from './message-summary.js';
import { FIRST_PART, fetchText, type MessageText, MOST_CHARACTERS } from './message-text.js';
import { oneLine } from './one-line.js';
import { type OpenMessage, withMessage } from './open-message.js';
import { shownDate, zoneOf } from './shown-date.js';
import { shownSize } from './shown-size.js';

/** The arguments of `email.read`. */
export interface ReadArguments {
  readonly id: string;
  readonly part?: string;
  readonly account?: string;
}

const WHOLE = { uid: true, envelope: true, flags: true, internalDate: true, bodyStructure: true, bodyParts: [FIRST_PART] };

/** Reads one message: its headers, its text, the list of what is attached. Only the parts with text are fetched. */
export async function readMessage(args: ReadArguments, context: PluginContext): Promise<ToolAnswer> {
  return withMessage(args, context, WHOLE, async (open) => {
    const { client, message, reference } = open;
    const structure = message.bodyStructure;
    if (structure === undefined) throw new ToolFailure('the server does not say what the message is made of');
    const chosen = args.part === undefined ? { node: structure, parts: partsOf(structure) } : choose(structure, args.part);
    const read = await fetchText(client, reference.uid, chosen.parts.texts, MOST_CHARACTERS, message.bodyParts);
    return answer(args.id, open, chosen, read);
  });
}

interface Chosen {
  readonly node: MessageStructureObject;
  readonly parts: MessageParts;
}

function choose(structure: MessageStructureObject, part: string): Chosen {
  const node = findPart(structure, part);
  if (node === undefined) throw new ToolFailure(`the message has no part ${part}`);
  if (node.type === 'message/rfc822') return { node, parts: partsOfAttached(node) };
  const parts = partsOf(node);
  if (parts.texts.length > 0) return { node, parts };
  const index = partsOf(structure).files.findIndex((file) => file.part === part);
  throw new ToolFailure(
    `part ${part} is ${node.type}, which is not text to be read${index === -1 ? '' : `; email.attachment saves it as attachment ${index + 1}`}`,
  );
}

function answer(id: string, { account, reference, message }: OpenMessage, { node, parts }: Chosen, read: MessageText): ToolAnswer {
  const zone = zoneOf(account);
  const attached = node.type === 'message/rfc822' ? node.envelope : undefined;
  const shown: Pick<FetchMessageObject, 'envelope' | 'internalDate'> = attached === undefined ? message : { envelope: attached };
  const { from = [], to = [], cc = [], replyTo = [], subject = '' } = shown.envelope ?? {};
  const sender = oneLine(message.envelope?.from?.[0]?.address ?? '');
  const answersTo = replyTo.map(shownAddress).join(', ');
  const files = parts.files.map((file, index) => ({ index: index + 1, ...fileFacts(file) }));
  const headers = [
    `From: ${from.map(shownAddress).join(', ') || '(unknown)'}`,
    ...(answersTo === '' || answersTo === from.map(shownAddress).join(', ') ? [] : [`Reply-To: ${answersTo}`]),
    ...(to.length === 0 ? [] : [`To: ${to.map(shownAddress).join(', ')}`]),
    ...(cc.length === 0 ? [] : [`Cc: ${cc.map(shownAddress).join(', ')}`]),
    ...(attached !== undefined && attached.date === undefined ? [] : [`Date: ${shownDate(dateOf(shown), zone)} (${zone})`]),
    `Subject: ${oneLine(subject)}`,
    ...(attached === undefined ? [`Folder: ${reference.folder}`] : ['(a message that is attached to another)']),
    ...files.map(({ index, name, type, size }) => `Attachment ${index}: ${name} (${type}, ${shownSize(size)})`),
    ...parts.alternatives.map(({ part, type }) => `The same as ${type}: part ${part}`),
    ...read.notes.map((note) => `Note: ${note}`),
  ];
  return {
    text: `${headers.join('\n')}\n\n${read.text === '' ? '(no text)' : read.text}`,
    data: {
      id,
      account: account.name,
      folder: reference.folder,
      from: from.map(shownAddress),
      to: to.map(shownAddress),
      cc: cc.map(shownAddress),
      replyTo: replyTo.map(shownAddress),
      date: dateOf(shown).toISOString(),
      subject: oneLine(subject),
      messageId: shown.envelope?.messageId ?? null,
      inReplyTo: shown.envelope?.inReplyTo ?? null,
      unread: message.flags?.has('\\Seen') !== true,
      text: read.text,
      attachments: files,
      alternatives: parts.alternatives.map(({ part, type }) => ({ part, type })),
      notes: read.notes,
    },
    ...(sender === '' ? {} : { source: sender }),
  };
}

function fileFacts({ part, name, type, size, inline }: FilePart): {
  readonly part: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly inline: boolean;
} {
  return { part, name, type, size, inline };
}

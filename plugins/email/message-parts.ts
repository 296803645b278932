import type { MessageStructureObject } from 'imapflow';
import { oneLine } from './one-line.js';

/** A part that is text to be read. */
export interface TextPart {
  readonly kind: 'text';
  /** Its number, as the server counts. */
  readonly part: string;
  readonly type: 'text/plain' | 'text/html';
  readonly charset?: string;
  readonly encoding?: string;
  /** Its size as it was sent, in bytes. */
  readonly size: number;
  /** Whether its lines are broken for the way only (RFC 3676), and whether the space at the breaks goes too. */
  readonly flowed: 'no' | 'yes' | 'delsp';
}

/** A part that is a file, an image or a message of its own. */
export interface FilePart {
  readonly kind: 'file';
  readonly part: string;
  readonly type: string;
  readonly name: string;
  readonly charset?: string;
  readonly encoding?: string;
  /** Its size as a file, in bytes; of an encoded part it is estimated. */
  readonly size: number;
  /** Whether it belongs into the text, as an image. */
  readonly inline: boolean;
}

/** What a message is made of. */
export interface MessageParts {
  /** What is read: of several forms of the same the plain one. */
  readonly texts: readonly TextPart[];
  /** The other forms of what is read. */
  readonly alternatives: readonly TextPart[];
  /** The rest, in order: the first is attachment 1. */
  readonly files: readonly FilePart[];
}

const NONE: MessageParts = { texts: [], alternatives: [], files: [] };

/** Sorts the parts of a message, or of one of its parts. */
export function partsOf(root: MessageStructureObject): MessageParts {
  return sort(root, root.part ?? '1', true);
}

/** Finds a part by its number. */
export function findPart(root: MessageStructureObject, part: string): MessageStructureObject | undefined {
  if ((root.part ?? (root.childNodes === undefined ? '1' : '')) === part) return root;
  for (const child of root.childNodes ?? []) {
    const found = findPart(child, part);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The parts of a message that is attached to another. */
export function partsOfAttached(node: MessageStructureObject): MessageParts {
  const [child] = node.childNodes ?? [];
  if (child === undefined) return NONE;
  // A message of one part inside of another has the number of the other; its text is the first part in it.
  return sort(child, child.childNodes === undefined ? `${node.part ?? '1'}.1` : (child.part ?? ''), true);
}

function sort(node: MessageStructureObject, part: string, root: boolean): MessageParts {
  const children = (node.childNodes ?? []).map((child, index) => sort(child, child.part ?? `${part}.${index + 1}`, false));
  if (node.type === 'message/rfc822') return { ...NONE, files: [filePart(node, part)] };
  if (node.type === 'multipart/alternative') return alternative(children);
  if (node.childNodes !== undefined) return joined(children);
  const isText = node.type === 'text/plain' || node.type === 'text/html';
  const isFile = !root && (node.disposition === 'attachment' || nameOf(node) !== undefined);
  if (isText && !isFile) return { ...NONE, texts: [textPart(node, part)] };
  return { ...NONE, files: [filePart(node, part)] };
}

function alternative(children: readonly MessageParts[]): MessageParts {
  const withText = children.filter(({ texts }) => texts.length > 0);
  const plain = withText.find(({ texts }) => texts.every(({ type, size }) => type === 'text/plain' && size > 2));
  const chosen = plain ?? withText.at(-1);
  const all = joined(children);
  const others = withText.filter((child) => child !== chosen).flatMap(({ texts }) => texts);
  return { ...all, texts: chosen?.texts ?? [], alternatives: [...all.alternatives, ...others] };
}

function joined(children: readonly MessageParts[]): MessageParts {
  return {
    texts: children.flatMap(({ texts }) => texts),
    alternatives: children.flatMap(({ alternatives }) => alternatives),
    files: children.flatMap(({ files }) => files),
  };
}

function textPart(node: MessageStructureObject, part: string): TextPart {
  const { type, encoding, parameters = {}, size = 0 } = node;
  const flowed = parameters.format?.toLowerCase() === 'flowed';
  return {
    kind: 'text',
    part,
    type: type === 'text/html' ? 'text/html' : 'text/plain',
    size,
    flowed: flowed ? (parameters.delsp?.toLowerCase() === 'yes' ? 'delsp' : 'yes') : 'no',
    ...coding(parameters.charset, encoding),
  };
}

function filePart(node: MessageStructureObject, part: string): FilePart {
  const { type, encoding, parameters = {}, size = 0, disposition } = node;
  const base64 = encoding?.toLowerCase() === 'base64';
  return {
    kind: 'file',
    part,
    type,
    name: nameOf(node) ?? usualName(node, part),
    // Base64 in lines of 76: 57 bytes each.
    size: base64 ? Math.floor((size / 78) * 57) : size,
    inline: disposition !== 'attachment' && type.startsWith('image/'),
    ...coding(parameters.charset, encoding),
  };
}

function coding(charset: string | undefined, encoding: string | undefined): Pick<TextPart, 'charset' | 'encoding'> {
  return { ...(charset === undefined ? {} : { charset }), ...(encoding === undefined ? {} : { encoding: encoding.toLowerCase() }) };
}

function nameOf({ dispositionParameters, parameters }: MessageStructureObject): string | undefined {
  const name = oneLine(dispositionParameters?.filename ?? parameters?.name ?? '', 200);
  return name === '' ? undefined : name;
}

function usualName({ type, envelope, parameters }: MessageStructureObject, part: string): string {
  if (type === 'message/rfc822') return `${oneLine(envelope?.subject ?? 'message', 80)}.eml`;
  if (type === 'text/calendar') return parameters?.method === undefined ? 'calendar.ics' : 'invitation.ics';
  return `part-${part}.${/^[a-z]+\/([a-z0-9]{2,5})$/.exec(type)?.[1] ?? 'bin'}`;
}

import type { FetchMessageObject, ImapFlow, MessageAddressObject, MessageStructureObject } from 'imapflow';
import { messageId } from './message-reference.js';
import { oneLine } from './one-line.js';
import { shownDate } from './shown-date.js';

/** What lists tell of a message. */
export interface MessageSummary {
  readonly id: string;
  readonly date: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly unread: boolean;
  readonly starred: boolean;
  readonly attachments: number;
  readonly folder: string;
  /** The sender's bare address. */
  readonly sender: string;
}

const HEADERS = { uid: true, envelope: true, flags: true, internalDate: true, bodyStructure: true } as const;

/** Fetches what lists tell of the messages with these UIDs in the folder that is open, in the order of the UIDs. */
export async function fetchSummaries(client: ImapFlow, account: string, uids: readonly number[]): Promise<readonly MessageSummary[]> {
  if (uids.length === 0) return [];
  const mailbox = client.mailbox;
  if (mailbox === false) return [];
  const fetched = await client.fetchAll([...uids], HEADERS, { uid: true });
  const summaries = new Map(
    fetched.map((message) => [message.uid, summaryOf(message, account, mailbox.path, mailbox.uidValidity)] as const),
  );
  return uids.flatMap((uid) => summaries.get(uid) ?? []);
}

/** What lists tell of a message that was fetched with its envelope. */
export function summaryOf(message: FetchMessageObject, account: string, folder: string, uidValidity: bigint): MessageSummary {
  const { envelope, flags, bodyStructure, uid } = message;
  const from = envelope?.from?.[0];
  return {
    id: messageId({ account, folder, uidValidity, uid }),
    date: dateOf(message).toISOString(),
    from: shownAddress(from),
    to: [...(envelope?.to ?? []), ...(envelope?.cc ?? [])].map(shownAddress),
    subject: oneLine(envelope?.subject ?? ''),
    unread: flags?.has('\\Seen') !== true,
    starred: flags?.has('\\Flagged') === true,
    attachments: bodyStructure === undefined ? 0 : countAttachments(bodyStructure),
    folder,
    sender: oneLine(from?.address ?? ''),
  };
}

/** When a message was written, or came in when it does not say. */
export function dateOf({ envelope, internalDate }: Pick<FetchMessageObject, 'envelope' | 'internalDate'>): Date {
  const date = new Date(envelope?.date ?? internalDate ?? 0);
  return Number.isNaN(date.getTime()) ? new Date(internalDate ?? 0) : date;
}

/** An address as `Name <address>`. */
export function shownAddress(address: MessageAddressObject | undefined): string {
  // Servers write this for an address that has no domain.
  const mail = oneLine(address?.address ?? '').replace(/@MISSING_DOMAIN$/, '');
  const name = oneLine(address?.name ?? '', 100);
  if (name === '' || name === mail) return mail === '' ? '(unknown)' : mail;
  return mail === '' ? name : `${name} <${mail}>`;
}

/** One message as a line of a list. */
export function summaryLine(summary: MessageSummary, zone: string, withFolder: boolean): string {
  const { id, date, from, subject, unread, starred, attachments, folder } = summary;
  const marks = [unread ? 'unread' : '', starred ? 'starred' : '', attachments === 0 ? '' : `${attachments} attached`].filter(Boolean);
  const where = withFolder ? ` in ${oneLine(folder)}` : '';
  return `${shownDate(new Date(date), zone)} | ${from} | ${subject === '' ? '(no subject)' : subject}${marks.length === 0 ? '' : ` [${marks.join(', ')}]`}${where}\n  id: ${id}`;
}

/** The senders of messages, each once, as the source of what their list holds. */
export function sourceOf(summaries: readonly { readonly sender: string }[]): string {
  const senders = [...new Set(summaries.map(({ sender }) => sender).filter((sender) => sender !== ''))];
  return senders.length <= 3 ? senders.join(', ') : `${senders.slice(0, 3).join(', ')} and ${senders.length - 3} others`;
}

function countAttachments(node: MessageStructureObject): number {
  if (node.type === 'message/rfc822' || node.disposition === 'attachment') return 1;
  return (node.childNodes ?? []).reduce((sum, child) => sum + countAttachments(child), 0);
}

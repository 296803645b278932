import { createHash, randomUUID } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import type MimeNode from 'nodemailer/lib/mime-node';
import type { MailAddress } from './mail-address.js';
import type { OutgoingMessage } from './outgoing-message.js';

/** What makes one sending of a message different from another sending of the same. */
export interface MessageStamp {
  /** With the angle brackets. */
  readonly messageId: string;
  readonly date: Date;
  /** Part of what separates the parts of the message; the sender's choice. */
  readonly boundary: string;
}

/** A composed message, as bytes with CRLF lines. */
export interface ComposedMessage {
  /** What the recipients get: nothing in it tells who is in Bcc. */
  readonly sent: Buffer;
  /** What is kept: the same, with the field Bcc; made when it is needed, since a message can be large. */
  kept(): Buffer;
}

/** A new stamp for a message of this sender. */
export function newStamp(from: MailAddress): MessageStamp {
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
  return { messageId: `<${randomUUID()}@${domain}>`, date: new Date(), boundary: randomUUID().replaceAll('-', '') };
}

/** Composes a message; the same message with the same stamp gives the same bytes. */
export async function composeMessage(message: OutgoingMessage, stamp: MessageStamp): Promise<ComposedMessage> {
  const node = compose(message, stamp);
  const sent = await node.build();
  return { sent, kept: () => (message.bcc.length === 0 ? sent : Buffer.concat([Buffer.from(bccField(node), 'latin1'), sent])) };
}

/** Names everything in a message that a recipient, or whoever answers for it, can see; Message-ID and date apart. */
export async function fingerprint(message: OutgoingMessage): Promise<string> {
  const node = compose(message, { messageId: '<0@shown>', date: new Date(0), boundary: 'shown' });
  node.keepBcc = true;
  const hash = createHash('sha256').update(JSON.stringify([message.account.name, message.account.smtp]));
  for await (const chunk of node.createReadStream()) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** The field Bcc as it stands in a header, folded, with the line break at its end. */
function bccField(node: MimeNode): string {
  node.keepBcc = true;
  return /^Bcc: .*(?:\r\n[ \t].*)*\r\n/m.exec(`${node.buildHeaders()}\r\n`)?.[0] ?? '';
}

function compose(message: OutgoingMessage, stamp: MessageStamp): MimeNode {
  const { from, to, cc, bcc, subject, body, attachments, answers } = message;
  return new MailComposer({
    from: from.address,
    to: to.map(headerAddress),
    ...(cc.length === 0 ? {} : { cc: cc.map(headerAddress) }),
    ...(bcc.length === 0 ? {} : { bcc: bcc.map(headerAddress) }),
    subject,
    ...(answers === undefined ? {} : { inReplyTo: answers.messageId, references: [...answers.references] }),
    messageId: stamp.messageId,
    date: stamp.date,
    text: body,
    // Keeps every line and every space as they are, however long.
    encoding: 'quoted-printable',
    attachments: attachments.map(({ name, content }) => ({
      filename: name,
      content,
      // A message inside of a message may not be coded, and then its bytes could change on the way.
      ...(/\.eml$/i.test(name) ? { contentType: 'application/octet-stream' } : {}),
      contentTransferEncoding: 'base64',
    })),
    baseBoundary: stamp.boundary,
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
}

function headerAddress({ address, name }: MailAddress): { readonly name: string; readonly address: string } {
  return { name: name ?? '', address };
}

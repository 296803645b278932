import { type PluginContext, ToolFailure } from 'pyra/plugin';
import { type Account, accountOf } from './account.js';
import { type AnsweredMessage, answeredMessage } from './answered-message.js';
import { headerText, type MailAddress, parseMailAddress, parseMailAddresses } from './mail-address.js';
import { parseMessageId } from './message-reference.js';
import { loadAttachments, type OutgoingAttachment } from './outgoing-attachment.js';

/** The arguments of `send` and `draft`. */
export interface MessageArguments {
  readonly to: readonly string[];
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  readonly subject: string;
  readonly body: string;
  readonly inReplyTo?: string;
  readonly attachments?: readonly string[];
  readonly account?: string;
}

/** A message that is ready to be composed: everything in it was checked, every file was read. */
export interface OutgoingMessage {
  readonly account: Account;
  readonly from: MailAddress;
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly bcc: readonly MailAddress[];
  readonly subject: string;
  /** Lines end with LF. */
  readonly body: string;
  readonly attachments: readonly OutgoingAttachment[];
  readonly answers?: AnsweredMessage;
}

/**
 * Checks the arguments of a message, reads its attachments and what the message that it answers says about itself. Has no effect.
 * @throws ToolFailure that says what is wrong with them.
 */
export async function outgoingMessage(args: MessageArguments, context: PluginContext): Promise<OutgoingMessage> {
  const answered = args.inReplyTo === undefined ? undefined : parseMessageId(args.inReplyTo, args.account);
  const account = accountOf(args.account ?? answered?.account, context);
  const from = parseMailAddress(account.address, 'the address of the account');
  const [to, cc, bcc] = [parseMailAddresses(args.to, 'to'), parseMailAddresses(args.cc, 'cc'), parseMailAddresses(args.bcc, 'bcc')];
  if (to.length + cc.length + bcc.length > 100) throw new ToolFailure('a message can have 100 recipients at most');
  if (to.length === 0) throw new ToolFailure('to: a message needs a recipient');
  const subject = headerText(args.subject.trim(), 'subject');
  const body = plainBody(args.body);
  const attachments = await loadAttachments(args.attachments ?? [], context.dataDir);
  const answers = args.inReplyTo === undefined ? undefined : await answeredMessage(args.inReplyTo, context);
  return { account, from, to, cc, bcc, subject, body, attachments, ...(answers === undefined ? {} : { answers }) };
}

function plainBody(body: string): string {
  const lines = body.replaceAll(/\r\n?/g, '\n').replace(/\n+$/, '');
  if (/[^\P{Cc}\n\t]/u.test(lines)) throw new ToolFailure('body: it holds control characters; plain text is meant');
  return lines;
}

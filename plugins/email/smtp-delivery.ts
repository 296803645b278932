import { Readable } from 'node:stream';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { type PluginContext, ToolFailure } from 'pyra/plugin';
import type { Account } from './account.js';
import { type SmtpPatience, withSmtp } from './smtp-connection.js';
import { recipientWords, smtpFailure } from './smtp-failure.js';

/** Who a server took a message for, and who not. */
export interface Delivery {
  readonly accepted: readonly string[];
  readonly refused: readonly { readonly address: string; readonly why: string }[];
  /** What the server answered at the end, such as the name of the message in its queue. */
  readonly answer: string;
}

const CHUNK = 64 * 1024;

/**
 * Hands a message to the account's SMTP server, once: whatever happens, it is not tried again here.
 * @throws ToolFailure that says whether nothing was sent, or that nobody can know it: when the connection was lost, or the call was cancelled,
 *   between the end of the message and the server's answer.
 */
export async function deliver(
  account: Account,
  context: PluginContext,
  recipients: readonly string[],
  message: Buffer,
  patience?: SmtpPatience,
): Promise<Delivery> {
  const course = { handedOver: false };
  const send = async (connection: SMTPConnection): Promise<Delivery> => {
    const content = Readable.from(chunks(message, course, context), { objectMode: false });
    const envelope = { from: account.address, to: [...recipients], size: message.length };
    const info = await new Promise<SentInfo>((done, reject) => {
      connection.send(envelope, content, (error, result) => (error ? reject(error) : done(result)));
    });
    const refused = (info.rejectedErrors ?? []).map((error) => ({ address: error.recipient ?? '', why: recipientWords(error) }));
    return { accepted: info.accepted, refused, answer: info.response };
  };
  return withSmtp(account, context, send, patience).catch((thrown: unknown) => {
    if (course.handedOver && !isRefusal(thrown)) throw new ToolFailure(unknownOutcome(account, recipients, context.signal.aborted, thrown));
    context.signal.throwIfAborted();
    const all = refusedRecipients(thrown);
    if (all !== undefined) throw new ToolFailure(`${account.smtp.host} took the message for nobody, so nothing was sent: ${all}`);
    throw smtpFailure(thrown, account);
  });
}

interface SentInfo {
  readonly accepted: readonly string[];
  readonly response: string;
  readonly rejectedErrors?: undefined | readonly (Error & { readonly recipient?: string | undefined })[];
}

function* chunks(message: Buffer, course: { handedOver: boolean }, context: PluginContext): Generator<Buffer> {
  const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
  for (let from = 0; from < message.length; from += CHUNK) {
    if (message.length > 16 * CHUNK) context.progress(`sending ${megabytes(from)} of ${megabytes(message.length)} MB`);
    // From here on the server may have the whole message, whatever is heard of it.
    if (from + CHUNK >= message.length) course.handedOver = true;
    yield message.subarray(from, from + CHUNK);
  }
  context.progress('waiting until the server has taken the message');
}

/** Whether the server itself said that it does not take the message. */
function isRefusal(thrown: unknown): boolean {
  return thrown instanceof Error && Number((thrown as { readonly responseCode?: number }).responseCode ?? 0) >= 400;
}

function refusedRecipients(thrown: unknown): string | undefined {
  const errors = (thrown as { readonly rejectedErrors?: SentInfo['rejectedErrors'] } | undefined)?.rejectedErrors;
  if (errors === undefined || errors.length === 0) return undefined;
  return errors.map((error) => `${error.recipient}: ${recipientWords(error)}`).join('; ');
}

function unknownOutcome(account: Account, recipients: readonly string[], aborted: boolean, thrown: unknown): string {
  const why = aborted ? 'the call was cancelled' : `the connection was lost (${thrown instanceof Error ? thrown.message : String(thrown)})`;
  return (
    `it is not known whether the message was sent: ${account.smtp.host} had it, but ${why} before it answered. ` +
    `It may have reached ${recipients.join(', ')}. It is not sent again by itself; do not send it again before the person has said so`
  );
}

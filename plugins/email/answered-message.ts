import { type PluginContext, ToolFailure } from 'pyra/plugin';
import type { Account } from './account.js';
import { withImap } from './imap-connection.js';
import type { MessageReference } from './message-reference.js';

/** What a message says about itself that an answer has to repeat. */
export interface AnsweredMessage {
  /** Its Message-ID, with the angle brackets. */
  readonly messageId: string;
  /** The Message-IDs of the conversation up to it, oldest first, itself last. */
  readonly references: readonly string[];
  readonly subject: string;
  readonly from: string;
}

/** The most Message-IDs that an answer repeats; the first and the latest are kept. */
const MAX_REFERENCES = 30;

/**
 * Looks up the message that is answered; it stays as it is.
 * @throws ToolFailure when it is not there, or has no Message-ID to refer to.
 */
export function answeredMessage(reference: MessageReference, account: Account, context: PluginContext): Promise<AnsweredMessage> {
  return withImap(account, context, async (client) => {
    const lock = await client.getMailboxLock(reference.folder, { readOnly: true });
    try {
      const current = client.mailbox === false ? undefined : client.mailbox.uidValidity;
      const found =
        current === reference.uidValidity
          ? await client.fetchOne(String(reference.uid), { envelope: true, headers: ['references', 'in-reply-to'] }, { uid: true })
          : false;
      if (found === false || found === undefined) {
        throw new ToolFailure('inReplyTo: that message is no longer where it was; look for it with email.search again');
      }
      const messageId = messageIds(found.envelope?.messageId ?? '')[0];
      if (messageId === undefined)
        throw new ToolFailure('inReplyTo: that message has no Message-ID, so an answer cannot refer to it; leave inReplyTo out');
      return {
        messageId,
        references: conversation(found.headers?.toString('latin1') ?? '', messageId),
        subject: found.envelope?.subject ?? '',
        from: found.envelope?.from?.[0]?.address ?? '',
      };
    } finally {
      lock.release();
    }
  });
}

/** What `References` of an answer has to be (RFC 5322, section 3.6.4). */
export function conversation(headers: string, messageId: string): readonly string[] {
  const unfolded = headers.replaceAll(/\r?\n[ \t]+/g, ' ');
  const field = (name: string): readonly string[] => messageIds(new RegExp(`^${name}:(.*)$`, 'im').exec(unfolded)?.[1] ?? '');
  const parents = field('references').length > 0 ? field('references') : field('in-reply-to').slice(0, 1);
  const all = [...new Set([...parents.filter((id) => id !== messageId), messageId])];
  return all.length <= MAX_REFERENCES ? all : [...all.slice(0, 1), ...all.slice(1 - MAX_REFERENCES)];
}

/** The Message-IDs in a header, with their angle brackets. */
export function messageIds(text: string): readonly string[] {
  return text.match(/<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>/g) ?? [];
}

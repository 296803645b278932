import { type PluginContext, ToolFailure } from 'pyra/plugin';
import { withMessage } from './open-message.js';

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
 * Looks up the message that is answered, by its id; it stays as it is.
 * @throws ToolFailure when it is not there, or has no Message-ID to refer to.
 */
export function answeredMessage(id: string, context: PluginContext): Promise<AnsweredMessage> {
  return withMessage({ id }, context, { envelope: true, headers: ['references', 'in-reply-to'] }, async ({ message }) => {
    const messageId = messageIds(message.envelope?.messageId ?? '')[0];
    if (messageId === undefined) {
      throw new ToolFailure('inReplyTo: that message has no Message-ID, so an answer cannot refer to it; leave inReplyTo out');
    }
    return {
      messageId,
      references: conversation(message.headers?.toString('latin1') ?? '', messageId),
      subject: message.envelope?.subject ?? '',
      from: message.envelope?.from?.[0]?.address ?? '',
    };
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

/** The Message-IDs in a header field, with their angle brackets. */
export function messageIds(text: string): readonly string[] {
  return text.match(/<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>/g) ?? [];
}

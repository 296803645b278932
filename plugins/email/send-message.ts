import { type PluginContext, type ToolAnswer, ToolFailure } from 'pyra/plugin';
import { type ComposedMessage, composeMessage, fingerprint, newStamp } from './compose-message.js';
import { messagePreview } from './message-preview.js';
import { type MessageArguments, type OutgoingMessage, outgoingMessage } from './outgoing-message.js';
import { presetOfHost } from './provider-presets.js';
import { type SavedMessage, saveToSpecialFolder } from './save-to-folder.js';
import { rememberShown, takeShown } from './shown-messages.js';
import type { SmtpPatience } from './smtp-connection.js';
import { type Delivery, deliver } from './smtp-delivery.js';

/** Shows the message as it will be sent. Nothing is sent or saved. */
export async function previewMessage(args: MessageArguments, context: PluginContext): Promise<string> {
  const message = await outgoingMessage(args, context);
  rememberShown(args, await fingerprint(message));
  return messagePreview(message, 'send');
}

/** Sends a message, as its preview showed it, and keeps a copy where the provider does not. */
export async function sendMessage(args: MessageArguments, context: PluginContext, patience?: SmtpPatience): Promise<ToolAnswer> {
  const message = await outgoingMessage(args, context);
  const shown = takeShown(args);
  if (shown !== undefined && shown !== (await fingerprint(message))) {
    throw new ToolFailure(
      'nothing was sent: the message would no longer be what was shown, since an attachment or the account changed; send it again',
    );
  }
  const stamp = newStamp(message.from);
  const composed = await composeMessage(message, stamp);
  const recipients = [...new Set([...message.to, ...message.cc, ...message.bcc].map(({ address }) => address))];
  const delivery = await deliver(message.account, context, recipients, composed.sent, patience);
  const copy = await keepCopy(message, composed, context);
  return {
    text: [sentence(delivery, stamp.messageId), copy.text].join('\n'),
    data: {
      messageId: stamp.messageId,
      accepted: delivery.accepted,
      refused: delivery.refused.map(({ address, why }) => ({ address, why })),
      copy: copy.id ?? null,
    },
  };
}

function sentence(delivery: Delivery, messageId: string): string {
  const sent = `sent to ${delivery.accepted.join(', ')}; Message-ID ${messageId}`;
  if (delivery.refused.length === 0) return sent;
  const refused = delivery.refused.map(({ address, why }) => `\n- ${address}: ${why}`).join('');
  return `sent, but not to everybody. ${sent}\nNOT sent to:${refused}`;
}

interface Copy {
  readonly text: string;
  readonly id?: string;
}

/** That the copy fails does not make the sending fail: it is told, not thrown. */
async function keepCopy(message: OutgoingMessage, composed: ComposedMessage, context: PluginContext): Promise<Copy> {
  if (presetOfHost(message.account.smtp.host)?.savesSent === true)
    return { text: 'the provider keeps the copy in the folder of sent mail' };
  context.progress('saving a copy');
  try {
    const saved: SavedMessage = await saveToSpecialFolder(message.account, context, 'Sent', composed.kept());
    return {
      text: `a copy is in ${saved.folder}${saved.id === undefined ? '' : `, id ${saved.id}`}`,
      ...(saved.id === undefined ? {} : { id: saved.id }),
    };
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return { text: `no copy could be saved in the folder of sent mail: ${why}` };
  }
}

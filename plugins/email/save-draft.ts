import type { PluginContext, ToolAnswer } from 'pyra/plugin';
import { composeMessage, newStamp } from './compose-message.js';
import { messagePreview } from './message-preview.js';
import { type MessageArguments, outgoingMessage } from './outgoing-message.js';
import { saveToSpecialFolder } from './save-to-folder.js';

/** Shows the draft as it will be saved. */
export async function previewDraft(args: MessageArguments, context: PluginContext): Promise<string> {
  return messagePreview(await outgoingMessage(args, context), 'draft');
}

/** Saves a message to the folder of drafts; nothing is sent. */
export async function saveDraft(args: MessageArguments, context: PluginContext): Promise<ToolAnswer> {
  const message = await outgoingMessage(args, context);
  const { kept } = await composeMessage(message, newStamp(message.from));
  context.progress('saving the draft');
  const { folder, id } = await saveToSpecialFolder(message.account, context, 'Drafts', kept());
  return { text: `the draft is in ${folder}${id === undefined ? '' : `, id ${id}`}; nothing was sent`, data: { folder, id: id ?? null } };
}

import type { PluginContext } from 'pyra/plugin';
import { type FlagArguments, marksInWords } from './flag-messages.js';
import { eachGroup, type MessagesArguments, refuseWhenAllMissing } from './message-group.js';
import { partsOf } from './message-parts.js';
import { fetchSummaries, shownAddress } from './message-summary.js';
import { type Destination, destinations } from './move-messages.js';
import { oneLine } from './one-line.js';
import { withMessage } from './open-message.js';
import { shownDate, zoneOf } from './shown-date.js';
import { shownSize } from './shown-size.js';

/** Says which messages would be marked, and how. */
export async function previewFlag(args: FlagArguments, context: PluginContext): Promise<string> {
  return `Marks as ${marksInWords(args)}:\n${await listed(args, context)}`;
}

/** Says which messages would be moved, and where to. */
export async function previewMove(args: MessagesArguments, destination: Destination, context: PluginContext): Promise<string> {
  const targets = await destinations(args, destination, context, false);
  return `Moves to ${[...new Set(targets.values())].map((folder) => oneLine(folder)).join(', ')}:\n${await listed(args, context)}`;
}

/** Says which attachment would be saved. */
export async function previewAttachment(
  args: { readonly id: string; readonly index: number; readonly account?: string },
  context: PluginContext,
): Promise<string> {
  return withMessage(args, context, { uid: true, envelope: true, bodyStructure: true }, async ({ message }) => {
    const file = message.bodyStructure === undefined ? undefined : partsOf(message.bodyStructure).files[args.index - 1];
    const from = `from ${shownAddress(message.envelope?.from?.[0])}, "${oneLine(message.envelope?.subject ?? '')}"`;
    if (file === undefined) return `There is no attachment ${args.index} in the message ${from}`;
    return `Saves ${file.name} (${file.type}, ${shownSize(file.size)}) ${from} to the plugin's data folder`;
  });
}

async function listed(args: MessagesArguments, context: PluginContext): Promise<string> {
  const groups = await eachGroup(args, context, 'read', async ({ client, account, folder, uids, missing }) => {
    const zone = zoneOf(account);
    const summaries = await fetchSummaries(client, account.name, uids);
    const lines = summaries.map(
      ({ date, from, subject }) =>
        `${shownDate(new Date(date), zone)} | ${from} | ${subject === '' ? '(no subject)' : subject} | in ${oneLine(folder)}`,
    );
    return { uids, lines: [...lines, ...missing.map((id) => `(no longer there: ${id})`)] };
  });
  refuseWhenAllMissing(groups);
  return groups.flatMap(({ lines }) => lines).join('\n');
}

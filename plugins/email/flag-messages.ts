import { type PluginContext, type ToolAnswer, ToolFailure } from 'pyra/plugin';
import { refusal } from './imap-connection.js';
import { eachGroup, type MessagesArguments, refuseWhenAllMissing } from './message-group.js';

/** The arguments of `email.flag`: each mark that is named is set or taken away. */
export interface FlagArguments extends MessagesArguments {
  readonly read?: boolean;
  readonly starred?: boolean;
  readonly answered?: boolean;
}

const FLAGS = { read: '\\Seen', starred: '\\Flagged', answered: '\\Answered' } as const;

/** Marks messages. */
export async function flagMessages(args: FlagArguments, context: PluginContext): Promise<ToolAnswer> {
  const marks = marksOf(args);
  if (marks.length === 0) throw new ToolFailure('nothing to mark: give read, starred or answered, each true or false');
  const groups = await eachGroup(args, context, 'change', async (group) => {
    for (const set of [true, false]) {
      const flags = marks.filter((mark) => mark.set === set).map(({ flag }) => flag);
      if (flags.length === 0 || group.uids.length === 0) continue;
      const change = set ? group.client.messageFlagsAdd : group.client.messageFlagsRemove;
      if (!(await change.call(group.client, [...group.uids], flags, { uid: true }))) throw refusal(group.client, 'to mark the messages');
    }
    return group;
  });
  refuseWhenAllMissing(groups);
  const count = groups.reduce((sum, { uids }) => sum + uids.length, 0);
  const missing = groups.flatMap((group) => group.missing);
  return {
    text: [`marked ${count} as ${marksInWords(args)}`, ...missing.map((id) => `no longer there: ${id}`)].join('\n'),
    data: { marked: count, missing },
  };
}

/** What a call of `email.flag` would set, such as `read, not starred`. */
export function marksInWords(args: FlagArguments): string {
  return marksOf(args)
    .map(({ name, set }) => (set ? name : `not ${name}`))
    .join(', ');
}

function marksOf(args: FlagArguments): readonly { readonly name: string; readonly flag: string; readonly set: boolean }[] {
  return (['read', 'starred', 'answered'] as const).flatMap((name) => {
    const set = args[name];
    return set === undefined ? [] : [{ name, flag: FLAGS[name], set }];
  });
}

import type { JsonObject } from '../../core/domain/json.js';
import type { CommandContext } from './command.js';

/** What the person is shown before they agree to it. */
export interface Proposal {
  readonly shown: string;
  readonly question: string;
  /** What `--dry-run --json` prints. */
  readonly json: JsonObject;
  /** Whether what it is about took a time that somebody else chose: then nothing typed in that time answers. */
  readonly fresh?: boolean;
}

/**
 * Shows something and asks, the default is no; `--yes` agrees and still shows it, `--dry-run` shows it as the result and asks nothing.
 * @throws PyraError `usage`, naming `--yes`, where nobody can be asked
 */
export async function agree(
  context: CommandContext,
  { shown, question, json, fresh = false }: Proposal,
): Promise<'yes' | 'no' | 'dry-run'> {
  const { dryRun, yes } = context.globals;
  if (dryRun) {
    if (context.globals.json) context.printJson({ ...json, dry_run: true });
    else context.print(shown);
    return 'dry-run';
  }
  if (yes) {
    context.say(shown);
    return 'yes';
  }
  const prompter = await context.openPrompter();
  // A question without what it is about would be worth nothing: this is written under --quiet too.
  if (context.interactive) context.stderr.write(`${shown}\n\n`);
  return (await prompter.confirm({ message: question, flag: '--yes', fresh })) ? 'yes' : 'no';
}

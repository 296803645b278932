import { homePaths } from '../../adapters/support/home-paths.js';
import { isPyraError } from '../../core/domain/errors.js';
import { mcpSecretNames } from '../../core/usecases/mcp-secrets.js';
import { agree } from './agree.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { shellWord } from './mcp-words.js';
import { openMcpShelf } from './open-mcp-shelf.js';
import { proseRows } from './prose-rows.js';

/** `pyra mcp remove NAME`: its settings, what you said of its tools, and everything in its own folder; secrets stay in the vault. */
export async function removeServer(context: CommandContext, { words: [name = ''] }: ParsedArguments): Promise<ExitCode> {
  const shelf = await openMcpShelf(context);
  const status = await shelf.status(name).catch((error: unknown) => {
    // One whose settings are broken can be removed as well.
    if (isPyraError(error, 'settings/invalid')) return undefined;
    throw error;
  });
  const secrets = status === undefined ? [] : mcpSecretNames(status.server);
  const folder =
    status?.server.reach.kind === 'address' ? '' : `, and everything in ${shellWord(`${homePaths(context.home).mcp}/${name}`)}`;
  const stays = secrets.length === 0 ? '' : `; in the vault stays: ${secrets.join(', ')}`;
  const json = { name, secrets_left: [...secrets] };
  const agreed = await agree(context, {
    shown: proseRows(`removing ${name} takes with it: its settings, what you have seen and said of its tools${folder}${stays}`).join('\n'),
    question: `remove ${name} for good?`,
    json: { ...json, removed: false },
  });
  if (agreed !== 'yes') return agreed === 'no' ? EXIT.failure : EXIT.ok;
  await shelf.remove(name);
  if (context.globals.json) context.printJson({ ...json, removed: true });
  else context.say(`removed: ${name}${secrets.length === 0 ? '' : `; still in the vault: ${secrets.join(', ')} (pyra vault rm NAME)`}`);
  return EXIT.ok;
}

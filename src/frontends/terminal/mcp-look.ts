import { WaitSpinner } from '../../adapters/support/terminal/wait-spinner.js';
import { isPyraError, PyraError } from '../../core/domain/errors.js';
import type { McpInspection } from '../../core/domain/mcp-inspection.js';
import type { McpServer } from '../../core/domain/mcp-server.js';
import { mcpSecretNames } from '../../core/usecases/mcp-secrets.js';
import type { CommandContext } from './command.js';
import { listenForLastWords } from './mcp-last-words.js';
import { proseRows } from './prose-rows.js';

/**
 * Runs a look at a server, with words while it lasts: on the terminal they turn, elsewhere they are one line. The vault is opened before that,
 * since it may ask for its passphrase.
 */
export async function watched(context: CommandContext, server: McpServer, look: () => Promise<McpInspection>): Promise<McpInspection> {
  const [secret] = mcpSecretNames(server);
  if (secret !== undefined) await (await context.openPyra()).vault.get(secret);
  const { name, reach } = server;
  const words = `${reach.kind === 'program' ? 'starting' : 'connecting to'} ${name}, and asking for its tools`;
  const turning = context.paint('stderr').enabled && !context.globals.quiet;
  const spinner = new WaitSpinner(context.stderr, turning);
  if (!turning) context.say(words);
  const lastWords = reach.kind === 'program' ? await listenForLastWords(context.home, name) : undefined;
  spinner.start(words);
  try {
    return await look();
  } catch (error) {
    spinner.stop();
    if (lastWords !== undefined && isPyraError(error, 'mcp/unreachable')) sayLastWords(context, name, await lastWords());
    throw error;
  } finally {
    spinner.stop();
  }
}

/** Whoever added the server knows best what its words mean. */
function sayLastWords(context: CommandContext, name: string, lines: readonly string[]): void {
  if (lines.length === 0 || context.globals.json) return;
  const rows = lines.flatMap((line) => proseRows(line)).map((row) => `  │ ${row}`);
  context.stderr.write(`what ${name} wrote last:\n${rows.join('\n')}\n`);
}

/** An error of a first look, with the way to have the server all the same. */
export function withNextSteps(error: unknown, { name, reach }: McpServer): unknown {
  if (isPyraError(error, 'mcp/auth') && reach.kind === 'address') {
    const header = `"Authorization=Bearer secret:${name}-token"`;
    const hint = `nothing was stored; with a token: pyra vault set ${name}-token, then pyra mcp add ${name} --url ${reach.url} --header ${header}`;
    return new PyraError(error.code, error.message, { hint, cause: error });
  }
  if (!isPyraError(error, 'mcp/unreachable')) return error;
  const hint = 'nothing was stored (--no-check adds it all the same)';
  return new PyraError(error.code, error.message, { hint: error.hint === undefined ? hint : `${error.hint}; ${hint}`, cause: error });
}

import { WaitSpinner } from '../../adapters/support/terminal/wait-spinner.js';
import { isPyraError, PyraError } from '../../core/domain/errors.js';
import type { McpInspection } from '../../core/domain/mcp-inspection.js';
import type { McpServer } from '../../core/domain/mcp-server.js';
import { mcpSecretNames } from '../../core/usecases/mcp-secrets.js';
import type { CommandContext } from './command.js';

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
  spinner.start(words);
  try {
    return await look();
  } finally {
    spinner.stop();
  }
}

/** An error of a first look, with the way to have the server all the same. */
export function withNoCheckHint(error: unknown): unknown {
  if (!isPyraError(error, 'mcp/unreachable')) return error;
  const hint = 'nothing was stored; --no-check adds it without starting it';
  return new PyraError(error.code, error.message, { hint: error.hint === undefined ? hint : `${error.hint}; ${hint}`, cause: error });
}

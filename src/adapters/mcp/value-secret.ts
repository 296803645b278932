import { PyraError } from '../../core/domain/errors.js';
import type { McpServerName, McpValue } from '../../core/domain/mcp-server.js';
import type { Secret } from '../../core/domain/secret.js';
import type { McpDesk } from '../../ports/mcp-host.js';

/** The secret that a variable or header of a server names, still shut; `undefined` where it names none. `not-found`, `vault/locked`. */
export async function valueSecret(
  server: McpServerName,
  key: string,
  { secret: name }: McpValue,
  desk: Pick<McpDesk, 'secret'>,
): Promise<Secret | undefined> {
  if (name === undefined) return undefined;
  const secret = await desk.secret(name);
  if (secret !== undefined) return secret;
  throw new PyraError('not-found', `the MCP server ${server} needs the secret ${name} for ${key}, and the vault has none of that name`, {
    hint: `pyra vault set ${name}`,
  });
}

import { PyraError } from '../../core/domain/errors.js';
import type { McpAddress, McpServerName } from '../../core/domain/mcp-server.js';
import type { Secret } from '../../core/domain/secret.js';
import type { McpDesk } from '../../ports/mcp-host.js';
import { valueSecret } from './value-secret.js';

/** Headers that belong to the connection or to the protocol. */
const RESERVED: readonly string[] = [
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'last-event-id',
  'mcp-protocol-version',
  'mcp-session-id',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** The headers that the person gave a server, its secrets still shut. */
export interface SealedHeaders {
  readonly secrets: readonly Secret[];
  /** All headers of one request: these, and behind them those of the protocol. Make it when the request is sent, and do not keep it. */
  open(own: Readonly<Record<string, string>>): Record<string, string>;
}

/**
 * Gets what a server's headers need from the vault, once for a connection: a look into the vault is written down and can ask the person, so it
 * must not happen for each message. `not-found` for a secret that is not there, `vault/locked`, `settings/invalid`.
 */
export async function sealHeaders(name: McpServerName, { headers }: McpAddress, desk: Pick<McpDesk, 'secret'>): Promise<SealedHeaders> {
  const parts: { readonly header: string; readonly text: string; readonly secret: Secret | undefined }[] = [];
  for (const [key, value] of Object.entries(headers)) {
    const header = key.toLowerCase();
    const invalid = (what: string, hint: string): PyraError =>
      new PyraError('settings/invalid', `the header ${key} of the MCP server ${name} ${what}`, { hint });
    if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(header))
      throw invalid('has a name that no header can have', `pyra mcp remove ${name}, then add it anew`);
    if (RESERVED.includes(header)) throw invalid('is set by the protocol itself', `leave it out of mcp.servers.${name}.headers`);
    const secret = await valueSecret(name, key, value, desk);
    // The client library would refuse it too, and print the value.
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value.text + (secret?.reveal() ?? ''))) {
      const [what, hint] =
        value.secret === undefined
          ? ['holds a line end or a letter that no header can hold', `check mcp.servers.${name}.headers`]
          : [
              `cannot carry the secret ${value.secret}: it holds a line end or a letter that no header can hold`,
              `pyra vault set ${value.secret}`,
            ];
      throw invalid(what, hint);
    }
    parts.push({ header, text: value.text, secret });
  }
  return {
    secrets: parts.flatMap(({ secret }) => (secret === undefined ? [] : [secret])),
    open: (own) => {
      const all: Record<string, string> = { 'user-agent': 'pyra' };
      for (const { header, text, secret } of parts) all[header] = (text + (secret?.reveal() ?? '')).trim();
      return Object.assign(all, own);
    },
  };
}

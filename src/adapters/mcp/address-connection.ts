import { PyraError } from '../../core/domain/errors.js';
import { isLoopbackHost } from '../../core/domain/loopback-host.js';
import type { McpAddress, McpServerName } from '../../core/domain/mcp-server.js';
import type { McpDesk } from '../../ports/mcp-host.js';
import { proxyFor } from '../support/proxy.js';
import { ADDRESS_TIMES, type AddressTimes } from './address-times.js';
import { AddressTransport } from './address-transport.js';
import { sealHeaders } from './sealed-headers.js';
import { SealedRequests } from './sealed-requests.js';
import type { ConnectsServer, ServerConnection } from './server-connection.js';

/** What reaches a server over HTTP. */
export interface AddressConnectorParts {
  readonly name: McpServerName;
  readonly address: McpAddress;
  readonly desk: Pick<McpDesk, 'secret'>;
  /** Where `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are read. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly times?: AddressTimes;
}

/**
 * Connects to a server over streamable HTTP, each time with a new session. Nothing is sent before the first message: what is wrong with the server
 * is said by that.
 */
export class AddressConnector implements ConnectsServer {
  readonly #parts: AddressConnectorParts;

  constructor(parts: AddressConnectorParts) {
    this.#parts = parts;
  }

  async connect(signal: AbortSignal): Promise<ServerConnection> {
    const { name, address, desk, environment, times = ADDRESS_TIMES } = this.#parts;
    const url = usable(name, address.url);
    const proxy = proxyFor({ url: url.href, loopback: isLoopbackHost(url.hostname) }, environment);
    if (proxy !== undefined && !/^https?:\/\/[^/]/i.test(proxy)) {
      throw new PyraError('settings/invalid', 'the proxy that the environment names is no http:// or https:// address', {
        hint: 'see HTTPS_PROXY',
      });
    }
    signal.throwIfAborted();
    const headers = await sealHeaders(name, address, desk);
    signal.throwIfAborted();
    const server = { name, host: url.host, proxy: proxy === undefined ? undefined : new URL(proxy).host };
    const requests = new SealedRequests({ server, url, headers, proxy });
    const transport = new AddressTransport({ server, requests, secrets: headers.secrets, times });
    return {
      transport,
      ended: transport.ended,
      // A request holds the process as long as it runs, and nothing else does: the stream of changes is left out of that.
      hold: () => undefined,
      close: () => transport.close(),
    };
  }
}

function usable(name: McpServerName, text: string): URL {
  const invalid = (why: string): PyraError =>
    new PyraError('settings/invalid', `the url of the MCP server ${name} ${why}`, {
      hint: `set mcp.servers.${name}.url, such as https://mcp.example.org/mcp`,
    });
  if (!URL.canParse(text)) throw invalid('is none');
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(url.hostname))) {
    throw invalid('must begin with https://, or lead to this machine');
  }
  if (url.username !== '' || url.password !== '')
    throw invalid('must not hold a user name or a password: they go into the vault, and into a header');
  url.hash = '';
  return url;
}

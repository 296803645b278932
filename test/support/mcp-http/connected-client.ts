import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { AddressConnector } from '../../../src/adapters/mcp/address-connection.js';
import { ADDRESS_TIMES, type AddressTimes } from '../../../src/adapters/mcp/address-times.js';
import type { ServerConnection } from '../../../src/adapters/mcp/server-connection.js';
import type { McpServerName, McpValue } from '../../../src/core/domain/mcp-server.js';
import { Secret } from '../../../src/core/domain/secret.js';

/** The times of tests: short, and in the same proportions. */
export const SHORT_TIMES: AddressTimes = { ...ADDRESS_TIMES, noticeMs: 600, refusalMs: 200, farewellMs: 200, retryMs: 20, steadyMs: 300 };

/** What a test may say about a connection. */
export interface ConnectOptions {
  readonly headers?: Readonly<Record<string, McpValue>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly times?: Partial<AddressTimes>;
}

/** What makes connections to a server named `web`. */
export function connectorTo(url: string, options: ConnectOptions = {}): AddressConnector {
  const { headers = {}, secrets = {}, environment = {}, times = {} } = options;
  return new AddressConnector({
    name: 'web' as McpServerName,
    address: { kind: 'address', url, headers },
    desk: {
      secret: async (name) => {
        const value = secrets[name];
        return value === undefined ? undefined : new Secret(value);
      },
    },
    environment,
    times: { ...SHORT_TIMES, ...times },
  });
}

/** A client of the SDK that speaks over such a connection. */
export interface ConnectedClient {
  readonly client: Client;
  readonly connection: ServerConnection;
  /** What the client was told of besides answers. */
  readonly errors: readonly Error[];
  /** Runs the tool `echo`. */
  call(signal?: AbortSignal): Promise<unknown>;
}

/** Makes a connection, and a client that has not spoken yet. */
export async function clientOf(url: string, options: ConnectOptions = {}): Promise<ConnectedClient> {
  const connection = await connectorTo(url, options).connect(new AbortController().signal);
  const client = new Client({ name: 'test', version: '1' }, { capabilities: {} });
  const errors: Error[] = [];
  client.onerror = (error) => errors.push(error);
  const call = (signal?: AbortSignal): Promise<unknown> =>
    client.callTool({ name: 'echo', arguments: {} }, undefined, { timeout: 20_000, ...(signal === undefined ? {} : { signal }) });
  return { client, connection, errors, call };
}

/** Makes a connection, and a client that has agreed with the server on the protocol. */
export async function connectedClient(url: string, options: ConnectOptions = {}): Promise<ConnectedClient> {
  const connected = await clientOf(url, options);
  await connected.client.connect(connected.connection.transport);
  return connected;
}

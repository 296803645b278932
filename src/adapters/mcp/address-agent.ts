import { Agent, buildConnector, type Dispatcher, Pool, ProxyAgent } from 'undici';

/** How long a connection may take to be made, in milliseconds. */
const CONNECT_MS = 10_000;

/** Answers are waited for as long as their signals let them; one connection is one thing to end, or to leave to itself. */
const PATIENT = { headersTimeout: 0, bodyTimeout: 0, allowH2: false } as const;

/**
 * Makes connections to one server, through a proxy if one is given: TLS ends in this process, so that the proxy sees the host and nothing else.
 * Those of the `background` never keep the process alive.
 */
export function addressAgent(proxy: string | undefined, background: boolean): Dispatcher {
  const factory = (origin: string | URL, options: object): Dispatcher => {
    const { connect, ...rest } = options as Pool.Options;
    return new Pool(origin, { ...rest, connect: typeof connect === 'function' ? unheld(connect) : unheld(buildConnector(connect)) });
  };
  const options = { ...PATIENT, ...(background ? { factory } : {}) };
  if (proxy !== undefined) return new ProxyAgent({ uri: proxy, connectTimeout: CONNECT_MS, ...options });
  return new Agent({ ...options, connect: { timeout: CONNECT_MS, allowH2: false } });
}

function unheld(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...outcome) => {
      const [, socket] = outcome;
      if (socket) {
        socket.unref();
        // The client library holds a socket again for each request on it.
        socket.ref = () => socket;
      }
      callback(...outcome);
    });
}

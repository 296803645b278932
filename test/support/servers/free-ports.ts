import { createServer, type Server } from 'node:net';

/** Free ports of an address, all different: they are held open together until all are known. */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<readonly number[]> {
  const held = await Promise.all(Array.from({ length: count }, () => listen(host)));
  const ports = held.map((server) => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a port was expected');
    return address.port;
  });
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listen(host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => resolve(server));
  });
}

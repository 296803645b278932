import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A proxy that leads every connection to one port of this machine, whatever host is asked for. */
export interface ConnectProxy {
  readonly url: string;
  /** What was asked for: `host:port`. */
  readonly asked: readonly string[];
  /** All bytes that came from the client side, as Latin-1. */
  seen(): string;
  close(): Promise<void>;
}

/** Starts one. */
export async function startConnectProxy(port: number): Promise<ConnectProxy> {
  const asked: string[] = [];
  const pieces: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((_request, response) => response.writeHead(400).end());
  server.on('connect', (request, socket: Socket, head) => {
    asked.push(request.url ?? '');
    pieces.push(JSON.stringify(request.rawHeaders));
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.write(head);
      socket.on('data', (piece) => pieces.push(piece.toString('latin1')));
      socket.pipe(onward).pipe(socket);
    });
    for (const one of [socket, onward]) one.on('error', () => undefined);
    sockets.push(socket, onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    seen: () => pieces.join(''),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of sockets) socket.destroy();
      }),
  };
}

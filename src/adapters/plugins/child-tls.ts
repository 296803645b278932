import type { Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { isRouted } from './child-sockets.js';

type Listener = (() => void) | null | undefined;

/** Lets `tls.connect` build on a socket of `node:net`, which is routed; TLS itself stays in this process. */
export function routeTls(): void {
  const net = process.getBuiltinModule('node:net');
  const tls = process.getBuiltinModule('node:tls');
  const connect = tls.connect as (options: ConnectionOptions, listener: Listener) => TLSSocket;

  const routedConnect = (...args: readonly unknown[]): TLSSocket => {
    const [options, listener] = normalized(args);
    if (options.path !== undefined && options.path !== null) return connect(options, listener);
    const { socket: given, timeout, port = 0, host = 'localhost' } = options;
    const socket = given ?? net.connect({ port, host });
    const secure = connect({ ...options, socket }, listener);
    if (isRouted(socket)) {
      // It destroys itself, with what was not read yet, when the socket below it closes: that must not close by itself when the server ends.
      socket.allowHalfOpen = true;
      // It takes a socket without a handle for one that is not connected yet.
      if (!(socket as Socket).connecting) process.nextTick(start, secure);
    }
    if (given === undefined && timeout !== undefined && timeout > 0) secure.setTimeout(timeout);
    return secure;
  };
  tls.connect = routedConnect as typeof tls.connect;
}

function start(secure: TLSSocket): void {
  if (secure.destroyed) return;
  (secure as Socket & { connecting: boolean }).connecting = false;
  secure.emit('connect');
}

/** The forms of `tls.connect` in one: options, with host and port from the arguments before them. */
function normalized(args: readonly unknown[]): readonly [ConnectionOptions, Listener] {
  const { _normalizeArgs: normalize } = process.getBuiltinModule('node:net') as unknown as {
    readonly _normalizeArgs: (args: readonly unknown[]) => readonly [object, Listener];
  };
  const [options, listener] = normalize(args);
  const more = args.slice(1, 3).find((argument) => typeof argument === 'object' && argument !== null);
  return [{ ...options, ...more }, listener];
}

import { syncBuiltinESMExports } from 'node:module';
import { BROKER_FD } from '../support/sandbox/broker-channel.js';
import { ChildMux, failure } from '../support/sandbox/child-mux.js';
import { routeNames } from './child-dns.js';
import { ChildNames } from './child-names.js';
import { type OpensStreams, routeSockets } from './child-sockets.js';
import { routeTls } from './child-tls.js';

/** A network card to look at, since some libraries do not connect where they see none; its address is of a range for documentation. */
const INTERFACES = {
  outer: [
    { address: '192.0.2.1', netmask: '255.255.255.0', family: 'IPv4', mac: '00:00:00:00:00:00', internal: false, cidr: '192.0.2.1/24' },
  ],
} as const;

/**
 * Routes every connection of this process (`node:net`, `node:tls`, `node:dns` and whatever is built on them) through the broker at the
 * other end of {@link BROKER_FD}, libraries unchanged. To be called once, before the plugin is loaded. A plugin that may connect to nothing
 * has no broker and is not `brokered`: then every connection is refused in the broker's words. This is convenience and no wall: what goes
 * around it finds no network.
 */
export function installNetwork({ brokered }: { readonly brokered: boolean }): void {
  if (brokered) {
    const { Socket } = process.getBuiltinModule('node:net');
    const mux = new ChildMux(new Socket({ fd: BROKER_FD }));
    const names = new ChildNames();
    routeSockets((host, port, listener) => mux.open(names.nameOf(host), port, listener));
    routeTls();
    routeNames(names);
    Object.assign(process.getBuiltinModule('node:os'), { networkInterfaces: () => structuredClone(INTERFACES) });
  } else routeSockets(refuse);
  syncBuiltinESMExports();
}

const refuse: OpensStreams = (host, port, listener) => {
  const error = failure('EACCES', `egress refused: ${host}:${port} is not in this plugin's allow list`);
  process.nextTick(() => listener.closed(error));
  return undefined;
};

import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { BROKER_FD } from '../support/sandbox/broker-channel.js';
import { ChildMux } from '../support/sandbox/child-mux.js';
import { type CommandEnd, runCommand } from './proxy-command.js';
import { proxyServer } from './proxy-server.js';

/*
 * What a server with granted hosts is started by, inside its sandbox: `mcp-proxy.cjs COMMAND ARG…`. It takes the channel to the broker, opens a
 * proxy on this machine, starts the command, and ends as that does.
 */

const STDERR = 2;
const NOT_STARTED = 127;

const [file = '', ...args] = process.argv.slice(2);
const server = proxyServer(new ChildMux(new Socket({ fd: BROKER_FD })));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  runCommand(file, args, port).then(endAs, (error: NodeJS.ErrnoException) => {
    writeSync(STDERR, `the program ${file} cannot be started (${error.code ?? 'an unknown fault'})\n`);
    process.exit(NOT_STARTED);
  });
});
server.once('error', (error: NodeJS.ErrnoException) => {
  writeSync(STDERR, `the proxy cannot listen (${error.code ?? 'an unknown fault'})\n`);
  process.exit(NOT_STARTED);
});

function endAs({ code, signal }: CommandEnd): void {
  if (signal === null) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // A signal that does not end this process, such as one for debuggers.
  setTimeout(() => process.exit(1), 100);
}

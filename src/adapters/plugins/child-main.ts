import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { BROKERED } from '../support/sandbox/broker-channel.js';
import { installHooks } from './child-hooks.js';
import { installNetwork } from './child-network.js';
import { ChildServer } from './child-server.js';
import { takeStdio } from './child-stdio.js';
import { trustCertificates } from './trusted-certificates.js';

/*
 * What every plugin's process starts with. It loads one plugin and answers its host on stdin and stdout; it ends when the host does.
 */

const STDERR = 2;

const streams = takeStdio();
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    writeSync(STDERR, `${event}: ${error instanceof Error ? (error.stack ?? error.message) : 'it threw what is no error'}\n`);
    process.exit(1);
  });
}
installNetwork({ brokered: process.argv.includes(BROKERED) });
installHooks();
new ChildServer({
  streams,
  load: async (entry) => (entry.endsWith('.cjs') ? createRequire(entry)(entry) : import(pathToFileURL(entry).href)),
  trust: trustCertificates,
  onEnd: () => process.exit(0),
});

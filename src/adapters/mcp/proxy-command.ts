import { spawn } from 'node:child_process';

const VARIABLES: readonly string[] = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
const PASSED_ON: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'];

/** How a command ended. */
export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Runs a command with this process's own streams and environment, and with what leads its connections to the proxy at a port of this machine. The
 * signals that end a process are passed on to it. Rejects when it cannot be started.
 */
export function runCommand(file: string, args: readonly string[], port: number): Promise<CommandEnd> {
  const address = `http://127.0.0.1:${port}`;
  const proxied = Object.fromEntries(VARIABLES.map((name) => [name, address]));
  const child = spawn(file, args, { stdio: 'inherit', env: { ...process.env, ...proxied, NODE_USE_ENV_PROXY: '1' } });
  for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

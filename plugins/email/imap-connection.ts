import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { ImapFlow } from 'imapflow';
import { type PluginContext, ToolFailure } from 'pyra/plugin';
import type { Account } from './account.js';
import { credentials } from './credentials.js';
import { imapFailure } from './imap-failure.js';

/** How long a connection that nobody uses stays open, in milliseconds. */
const IDLE_MS = 60_000;

/** After how long without use a connection is asked whether it still lives, in milliseconds. */
const TRUSTED_MS = 10_000;

interface Connection {
  readonly client: ImapFlow;
  /** What it was opened for: other answers to the questions of setup need another connection. */
  readonly key: string;
  usedAt: number;
}

const connections = new Map<string, Connection>();
const refusals = new WeakMap<ImapFlow, Error>();
const queues = new Map<string, Promise<unknown>>();
const idleTimers = new Map<string, NodeJS.Timeout>();

/**
 * Runs something with the account's connection, which is opened when it is first needed and kept warm between calls. One call at a time has it.
 * When the call is aborted, the connection is closed under it.
 * @throws ToolFailure that says in words what is wrong with the server or the answers of setup.
 */
export function withImap<T>(account: Account, context: PluginContext, use: (client: ImapFlow) => Promise<T>): Promise<T> {
  const before = queues.get(account.name) ?? Promise.resolve();
  const run = before.then(() => useConnection(account, context, use));
  queues.set(
    account.name,
    run.catch(() => undefined),
  );
  return run;
}

/** Why the server just refused a command, where imapflow says only that it did; `what` stands for it when the server said nothing. */
export function refusal(client: ImapFlow, what: string): Error {
  const known = refusals.get(client);
  refusals.delete(client);
  return known ?? new ToolFailure(`the server refused ${what}`);
}

/** Closes every connection at once. */
export function closeConnections(): void {
  for (const timer of idleTimers.values()) clearTimeout(timer);
  for (const { client } of connections.values()) client.close();
  connections.clear();
}

async function useConnection<T>(account: Account, context: PluginContext, use: (client: ImapFlow) => Promise<T>): Promise<T> {
  context.signal.throwIfAborted();
  clearTimeout(idleTimers.get(account.name));
  let client: ImapFlow | undefined;
  const abort = (): void => {
    client?.close();
    connections.delete(account.name);
  };
  context.signal.addEventListener('abort', abort, { once: true });
  try {
    client = await living(account);
    if (client === undefined) {
      client = await newClient(account, context);
      context.progress(`connecting to ${account.imap.host}`);
      await client.connect();
      context.signal.throwIfAborted();
      connections.set(account.name, { client, key: keyOf(account), usedAt: Date.now() });
    }
    return await use(client);
  } catch (thrown) {
    context.signal.throwIfAborted();
    if (!connections.has(account.name)) client?.close();
    throw imapFailure(thrown, account);
  } finally {
    context.signal.removeEventListener('abort', abort);
    restWhenIdle(account.name);
  }
}

/** The account's open connection, if it has one that still answers. */
async function living(account: Account): Promise<ImapFlow | undefined> {
  const connection = connections.get(account.name);
  if (connection === undefined) return undefined;
  const { client } = connection;
  if (client.usable && connection.key === keyOf(account)) {
    if (Date.now() - connection.usedAt < TRUSTED_MS || (await answers(client))) {
      connection.usedAt = Date.now();
      return client;
    }
  }
  connections.delete(account.name);
  client.close();
  return undefined;
}

async function answers(client: ImapFlow): Promise<boolean> {
  const late = new Promise<false>((done) => {
    setTimeout(() => done(false), 5_000).unref();
  });
  return Promise.race([
    client.noop().then(
      () => client.usable,
      () => false,
    ),
    late,
  ]);
}

async function newClient(account: Account, context: PluginContext): Promise<ImapFlow> {
  const { imap, ca } = account;
  const shown = await credentials(account, context);
  // Loaded with the first connection: answers that need none do not wait for it.
  const imapflow = await import('imapflow');
  const client: ImapFlow = new imapflow.ImapFlow({
    host: imap.host,
    port: imap.port,
    secure: imap.tls === 'tls',
    doSTARTTLS: imap.tls === 'starttls',
    auth: 'password' in shown ? { user: shown.user, pass: shown.password } : { user: shown.user, accessToken: shown.accessToken },
    ...(ca === undefined ? {} : { tls: { ca: [...rootCertificates, await readFile(resolve(context.dataDir, ca), 'utf8')] } }),
    // Nothing is logged: imapflow gives only to its logger why the server refused a command.
    logger: {
      debug: ignore,
      info: ignore,
      error: ignore,
      warn: ({ err }: { readonly err?: Error }) => {
        if (err !== undefined) refusals.set(client, err);
      },
    },
    disableAutoIdle: true,
    clientInfo: { name: 'Pyra' },
    connectionTimeout: 20_000,
    greetingTimeout: 10_000,
    socketTimeout: 50_000,
    maxLiteralSize: 64 * 1024 * 1024,
    maxResponseSize: 80 * 1024 * 1024,
  });
  // Without a listener an error of a connection that nobody uses at the moment would end the process.
  client.on('error', () => undefined);
  client.on('close', () => {
    if (connections.get(account.name)?.client === client) connections.delete(account.name);
  });
  return client;
}

function restWhenIdle(name: string): void {
  clearTimeout(idleTimers.get(name));
  const timer = setTimeout(() => {
    const connection = connections.get(name);
    connections.delete(name);
    connection?.client.logout().catch(() => undefined);
  }, IDLE_MS);
  idleTimers.set(name, timer.unref());
}

function ignore(): void {}

function keyOf(account: Account): string {
  return JSON.stringify(account);
}

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin, PluginContext, PluginSettings, ToolAnswer } from 'pyra/plugin';
import type { Dovecot } from '../../support/servers/dovecot.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** A context in which the handlers of a plugin run without a process of their own. */
export interface EmailContext extends PluginContext {
  /** What the plugin told the person in passing. */
  readonly told: readonly string[];
}

/** What may be different from test to test. */
export interface EmailContextOptions {
  readonly accounts?: { readonly [account: string]: PluginSettings };
  readonly secrets?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Makes a context with a data folder of its own, which the test removes. */
export function emailContext(options: EmailContextOptions = {}): EmailContext {
  const secrets = new Map(Object.entries(options.secrets ?? {}));
  const told: string[] = [];
  const accounts = options.accounts ?? {};
  return {
    settings: accounts.main ?? {},
    accounts,
    secrets: {
      get: async (name) => secrets.get(name),
      set: async (name, value) => {
        secrets.set(name, value);
      },
    },
    dataDir: temporaryFolder(),
    log: (text) => told.push(text),
    progress: (text) => told.push(text),
    signal: options.signal ?? new AbortController().signal,
    told,
  };
}

/** The answers of setup for the mailbox of a server, over TLS. */
export function dovecotAccount(server: Dovecot, changes: PluginSettings = {}): PluginSettings {
  return {
    address: server.user,
    user: server.user,
    auth: 'password',
    imap_host: server.host,
    imap_port: server.tlsPort,
    imap_tls: 'tls',
    smtp_host: server.host,
    smtp_port: 465,
    smtp_tls: 'tls',
    timezone: 'Europe/Berlin',
    ca: 'ca.pem',
    ...changes,
  };
}

/** A context whose account `main` is the mailbox of a server. */
export function dovecotContext(server: Dovecot, changes: PluginSettings = {}, options: EmailContextOptions = {}): EmailContext {
  const context = emailContext({
    accounts: { main: dovecotAccount(server, changes) },
    secrets: { 'main.password': server.password },
    ...options,
  });
  copyFileSync(server.ca, join(context.dataDir, 'ca.pem'));
  return context;
}

/** Runs a tool and gives its answer with both parts. */
export async function callTool(plugin: Plugin, name: string, args: object, context: PluginContext): Promise<ToolAnswer> {
  const handler = plugin.tools[name];
  if (handler === undefined) throw new Error(`there is no handler ${name}`);
  const answer = await handler(args, context);
  return typeof answer === 'string' ? { text: answer } : answer;
}

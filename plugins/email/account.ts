import { type PluginContext, type PluginSettings, ToolFailure } from 'pyra/plugin';
import type { MailServer, SignIn } from './mail-server.js';
import { presetOfAddress } from './provider-presets.js';

/** One account, as the answers to the questions of setup describe it. */
export interface Account {
  readonly name: string;
  readonly address: string;
  readonly user: string;
  readonly auth: SignIn;
  readonly imap: MailServer;
  readonly smtp: MailServer;
  /** A PEM file whose certificates are trusted for this account besides those of Node. */
  readonly ca?: string;
  /** The time zone of the person, by its IANA name. */
  readonly timezone?: string;
}

/**
 * Finds an account by its name; without one it is `main`, or the only one that there is.
 * @throws ToolFailure when there is no such account, or none at all.
 */
export function accountOf(name: string | undefined, context: Pick<PluginContext, 'accounts'>): Account {
  const names = Object.keys(context.accounts);
  if (names.length === 0) throw new ToolFailure('no e-mail account is set up; the person sets one up with `pyra plugin setup email`');
  const chosen = name ?? (names.length === 1 ? names[0] : 'main') ?? 'main';
  const settings = Object.hasOwn(context.accounts, chosen) ? context.accounts[chosen] : undefined;
  if (settings === undefined) throw new ToolFailure(`there is no e-mail account ${chosen}; there ${listed(names)}`);
  return readAccount(chosen, settings);
}

/** Reads the answers of one account. A server that they do not name is that of the address's provider, when it is a known one. */
export function readAccount(name: string, settings: PluginSettings): Account {
  const address = text(settings.address) ?? '';
  const preset = presetOfAddress(address);
  const ca = text(settings.ca);
  const timezone = text(settings.timezone);
  return {
    name,
    address,
    user: text(settings.user) ?? address,
    auth: settings.auth === 'microsoft' || settings.auth === 'google' ? settings.auth : 'password',
    imap:
      text(settings.imap_host) === undefined && preset !== undefined
        ? preset.imap
        : server(name, 'IMAP', settings.imap_host, settings.imap_port, settings.imap_tls, 993),
    smtp:
      text(settings.smtp_host) === undefined && preset !== undefined
        ? preset.smtp
        : server(name, 'SMTP', settings.smtp_host, settings.smtp_port, settings.smtp_tls, 465),
    ...(ca === undefined ? {} : { ca }),
    ...(timezone === undefined ? {} : { timezone }),
  };
}

function server(account: string, kind: string, host: unknown, port: unknown, tls: unknown, usual: number): MailServer {
  const name = text(host);
  if (name === undefined) {
    const again = account === 'main' ? '' : ` --account ${account}`;
    throw new ToolFailure(
      `the account ${account} has no ${kind} server; the person answers the questions again with \`pyra plugin setup email${again}\``,
    );
  }
  return { host: name, port: Number(port ?? usual) || usual, tls: tls === 'starttls' || tls === 'none' ? tls : 'tls' };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function listed(names: readonly string[]): string {
  return names.length === 1 ? `is only ${names[0]}` : `are ${names.join(', ')}`;
}

import { type PluginContext, type PluginSettings, ToolFailure } from 'pyra/plugin';

/** One account, as the answers to the questions of setup describe it, with its password. */
export interface DavAccount {
  readonly name: string;
  /** The address that the person gave, without a slash at the end. */
  readonly url: URL;
  readonly user: string;
  readonly password: string;
  /** The time zone that the person gave, by its IANA name. */
  readonly timezone?: string;
  /** The command with which the person answers the questions again, for failures. */
  readonly setup: string;
}

/**
 * Finds an account by its name; without one it is `main`, or the only one that there is.
 * @throws ToolFailure when it is not set up.
 */
export async function davAccount(name: string | undefined, context: PluginContext): Promise<DavAccount> {
  const names = Object.keys(context.accounts);
  const chosen = name ?? (names.length === 1 ? names[0] : 'main') ?? 'main';
  const setup = `\`pyra plugin setup nextcloud${chosen === 'main' ? '' : ` --account ${chosen}`}\``;
  const settings = Object.hasOwn(context.accounts, chosen) ? context.accounts[chosen] : undefined;
  if (settings === undefined) {
    const others = names.length === 0 ? '' : `, only ${names.join(', ')}`;
    throw new ToolFailure(`there is no account ${chosen}${others}; the person sets it up with ${setup}`);
  }
  const user = text(settings, 'user');
  const timezone = text(settings, 'timezone');
  if (user === undefined) throw new ToolFailure(`the account ${chosen} has no user name; the person gives it with ${setup}`);
  const url = address(text(settings, 'url') ?? '', setup);
  const password = await context.secrets.get(`${chosen}.password`);
  if (password === undefined || password === '') {
    throw new ToolFailure(`the password of the account ${chosen} is not known; the person gives it with ${setup}`);
  }
  return { name: chosen, url, user, password, setup, ...(timezone === undefined ? {} : { timezone }) };
}

function address(url: string, setup: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new ToolFailure(`the address of the server is no https address; the person gives it with ${setup}`);
  }
  return new URL(parsed.pathname.replace(/\/+$/, '') || '/', parsed.origin);
}

function text(settings: PluginSettings, key: string): string | undefined {
  const value = settings[key];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

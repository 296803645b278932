import { type PluginContext, ToolFailure } from 'pyra/plugin';
import { type FileRoot, findRoot } from './file-root.js';
import { FileServer } from './file-server.js';

/** The server of an account with what is known of it, for the length of one call. */
export interface Files {
  readonly server: FileServer;
  readonly root: FileRoot;
  /** The name of the account. */
  readonly account: string;
}

/** The roots that were found, by address and user: they stay where they are while the plugin runs. */
const found = new Map<string, FileRoot>();

/**
 * Runs something with the files of an account; without a name it is `main`, or the only one that there is.
 * @throws ToolFailure when the account is not set up, or its server refuses.
 */
export async function withFiles<T>(account: string | undefined, context: PluginContext, use: (files: Files) => Promise<T>): Promise<T> {
  const names = Object.keys(context.accounts);
  const name = account ?? (names.length === 1 ? names[0] : 'main') ?? 'main';
  const settings = Object.hasOwn(context.accounts, name) ? context.accounts[name] : undefined;
  const setup = `\`pyra plugin setup nextcloud${name === 'main' ? '' : ` --account ${name}`}\``;
  const url = text(settings?.url);
  const user = text(settings?.user);
  if (url === undefined || user === undefined) throw new ToolFailure(`the account ${name} is not set up; the person does it with ${setup}`);
  const password = await context.secrets.get(`${name}.password`);
  if (password === undefined || password === '') {
    throw new ToolFailure(`the password of the account ${name} is not known; the person gives it with ${setup}`);
  }
  const key = `${user}\n${url}`;
  const root = found.get(key) ?? (await findRoot(url, { user, password, setup }, context.signal));
  found.set(key, root);
  const server = new FileServer({ base: root.base, user, password, setup }, context.signal);
  try {
    return await use({ server, root, account: name });
  } finally {
    server.close();
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

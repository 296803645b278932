import type { PluginContext } from 'pyra/plugin';
import { davAccount } from './dav-account.js';
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
  const { name, url, user, password, setup } = await davAccount(account, context);
  const key = `${user}\n${url.href}`;
  const root = found.get(key) ?? (await findRoot(url.href, { user, password, setup }, context.signal));
  found.set(key, root);
  const server = new FileServer({ base: root.base, user, password, setup }, context.signal);
  try {
    return await use({ server, root, account: name });
  } finally {
    server.close();
  }
}

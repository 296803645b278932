import { type PluginContext, ToolFailure } from 'pyra/plugin';
import type { Account } from './account.js';

/** What a server is shown at sign-in. Fetched for each connection, kept nowhere. */
export type Credentials = { readonly user: string; readonly password: string } | { readonly user: string; readonly accessToken: string };

/**
 * Fetches what an account signs in with, for IMAP and SMTP alike.
 * @throws ToolFailure when the person has not given it yet.
 */
export async function credentials(account: Account, context: PluginContext): Promise<Credentials> {
  if (account.auth !== 'password') {
    throw new ToolFailure(`signing in at ${account.auth} is not possible; the account ${account.name} needs a password`);
  }
  const password = await context.secrets.get(`${account.name}.password`);
  if (password !== undefined && password !== '') return { user: account.user, password };
  const again = account.name === 'main' ? '' : ` --account ${account.name}`;
  throw new ToolFailure(
    `the password of the account ${account.name} is not known; the person gives it with \`pyra plugin setup email${again}\``,
  );
}

import { type PluginContext, ToolFailure } from 'pyra/plugin';
import type { Account } from './account.js';

/** What a server is shown at sign-in. Fetched for each connection, kept nowhere. */
export type Credentials = { readonly user: string; readonly password: string } | { readonly user: string; readonly accessToken: string };

/**
 * Fetches what an account signs in with, for IMAP and SMTP alike.
 * @throws ToolFailure when the person has not given it yet.
 */
export async function credentials(account: Account, context: PluginContext): Promise<Credentials> {
  if (account.auth === 'microsoft') {
    const { microsoftToken } = await import('./microsoft-sign-in.js');
    return { user: account.user, accessToken: await microsoftToken(account, context) };
  }
  if (account.auth === 'google') {
    throw new ToolFailure(
      'signing in at Google by a browser is not possible from here; Gmail works with an app password (https://myaccount.google.com/apppasswords) and the answer password to `auth`',
    );
  }
  const password = await context.secrets.get(`${account.name}.password`);
  if (password !== undefined && password !== '') return { user: account.user, password };
  const again = account.name === 'main' ? '' : ` --account ${account.name}`;
  throw new ToolFailure(
    `the password of the account ${account.name} is not known; the person gives it with \`pyra plugin setup email${again}\``,
  );
}

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { AuthenticationResult, DeviceCodeRequest, PublicClientApplication, TokenCacheContext } from '@azure/msal-node';
import { type PluginContext, ToolFailure } from 'pyra/plugin';
import type { Account } from './account.js';
import { AuthorityNetwork } from './authority-network.js';
import { microsoftAuthority } from './microsoft-authority.js';
import { microsoftFailure } from './microsoft-failure.js';

const SCOPES = ['https://outlook.office.com/IMAP.AccessAsUser.All', 'https://outlook.office.com/SMTP.Send'];

/**
 * Gives a token that opens the account's mailbox, renewed without the person where it has to be.
 * @throws ToolFailure that asks the person to sign in, when nobody has signed in or Microsoft no longer takes it.
 */
export async function microsoftToken(account: Account, context: PluginContext): Promise<string> {
  const token = await silently(await open(account, context), account);
  if (token !== undefined) return token;
  throw new ToolFailure(`nobody has signed in at Microsoft for the account ${account.name}; the person does it with ${setup(account)}`);
}

/**
 * Sees to it that the account has a token: when the old one cannot be renewed, shows the person an address and a code to sign in with, and waits
 * until that was done.
 * @throws ToolFailure when the person refuses, or the code expires.
 */
export async function signInAtMicrosoft(account: Account, context: PluginContext): Promise<void> {
  const client = await open(account, context);
  // A token that is still good for a while may have been taken back; only renewing it shows that.
  const renewed = await silently(client, account, true).catch((thrown: unknown) => {
    context.signal.throwIfAborted();
    if (thrown instanceof ToolFailure && thrown.message.includes('sign in again')) return undefined;
    throw thrown;
  });
  if (renewed !== undefined) return;
  const request: DeviceCodeRequest = {
    scopes: SCOPES,
    deviceCodeCallback: ({ userCode, verificationUri }) => {
      context.progress(`open ${verificationUri} in a browser, sign in as ${account.user} and enter the code ${userCode}`);
    },
  };
  const stop = (): void => {
    request.cancel = true;
  };
  context.signal.addEventListener('abort', stop, { once: true });
  try {
    const result = await untilAborted(client.application.acquireTokenByDeviceCode(request), context.signal);
    context.progress(`signed in at Microsoft as ${result?.account?.username ?? 'somebody whose name is not told'}`);
  } catch (thrown) {
    context.signal.throwIfAborted();
    throw microsoftFailure(client.network.fault ?? thrown, account);
  } finally {
    context.signal.removeEventListener('abort', stop);
  }
}

interface Client {
  readonly application: PublicClientApplication;
  readonly network: AuthorityNetwork;
}

async function silently({ application, network }: Client, account: Account, forceRefresh = false): Promise<string | undefined> {
  try {
    const [known] = await application.getAllAccounts();
    if (known === undefined) return undefined;
    const result = await application.acquireTokenSilent({ account: known, scopes: SCOPES, forceRefresh });
    return result.accessToken;
  } catch (thrown) {
    throw microsoftFailure(network.fault ?? thrown, account);
  }
}

async function open(account: Account, context: PluginContext): Promise<Client> {
  const answers = context.accounts[account.name] ?? {};
  const clientId = typeof answers.client_id === 'string' ? answers.client_id.trim() : '';
  if (clientId === '') {
    throw new ToolFailure(
      `signing in at Microsoft needs the id of an application (client_id); the plugin's README says how to get one, free. Then: ${setup(account)}`,
    );
  }
  const authority = microsoftAuthority(answers.authority);
  const { PublicClientApplication, LogLevel } = await import('@azure/msal-node');
  const secret = `${account.name}.token`;
  const ca = account.ca === undefined ? undefined : [...rootCertificates, await readFile(resolve(context.dataDir, account.ca), 'utf8')];
  const network = new AuthorityNetwork(authority.origin, ca, context.signal);
  const application = new PublicClientApplication({
    // An authority that is known is not asked about at another host.
    auth: { clientId, authority: authority.url, knownAuthorities: [authority.host] },
    cache: {
      cachePlugin: {
        async beforeCacheAccess(cache: TokenCacheContext) {
          cache.tokenCache.deserialize((await context.secrets.get(secret)) ?? '');
        },
        async afterCacheAccess(cache: TokenCacheContext) {
          if (cache.cacheHasChanged) await context.secrets.set(secret, cache.tokenCache.serialize());
        },
      },
    },
    system: {
      networkClient: network,
      disableInternalRetries: true,
      loggerOptions: { loggerCallback: () => undefined, piiLoggingEnabled: false, logLevel: LogLevel.Error },
    },
  });
  return { application, network };
}

function untilAborted(signedIn: Promise<AuthenticationResult | null>, signal: AbortSignal): Promise<AuthenticationResult | null> {
  return new Promise((done, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    signedIn.then(done, reject);
  });
}

function setup(account: Account): string {
  return `\`pyra plugin setup email${account.name === 'main' ? '' : ` --account ${account.name}`}\``;
}

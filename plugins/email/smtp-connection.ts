import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { rootCertificates } from 'node:tls';
import SMTPConnection, { type SMTPConnectionAuth, type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { type PluginContext, ToolFailure } from 'pyra/plugin';
import type { Account } from './account.js';
import { type Credentials, credentials } from './credentials.js';
import { smtpFailure } from './smtp-failure.js';

/** How long a server may take, in milliseconds. */
export interface SmtpPatience {
  readonly connect: number;
  /** Between two answers. */
  readonly answer: number;
}

const PATIENCE: SmtpPatience = { connect: 20_000, answer: 100_000 };

/**
 * Opens a connection to the account's SMTP server, signs in, lets it be used and closes it. When the call is aborted, it is closed at once.
 * @throws ToolFailure that says in words what is wrong with the server or the answers of setup; what `use` throws passes through.
 */
export async function withSmtp<T>(
  account: Account,
  context: PluginContext,
  use: (connection: SMTPConnection) => Promise<T>,
  patience = PATIENCE,
): Promise<T> {
  context.signal.throwIfAborted();
  const shown = await credentials(account, context);
  const connection = new SMTPConnection(await options(account, context, patience));
  const failed = new Promise<never>((_, reject) => {
    // Stays, since an error without a listener would end the process.
    connection.on('error', reject);
    context.signal.addEventListener('abort', () => reject(context.signal.reason), { once: true });
  });
  failed.catch(() => undefined);
  try {
    await Promise.race([signIn(connection, account, shown, context), failed]).catch((thrown: unknown) => {
      context.signal.throwIfAborted();
      throw smtpFailure(thrown, account);
    });
    return await Promise.race([use(connection), failed]);
  } finally {
    if (context.signal.aborted) connection.close();
    else connection.quit();
  }
}

async function signIn(connection: SMTPConnection, account: Account, shown: Credentials, context: PluginContext): Promise<void> {
  context.progress(`connecting to ${account.smtp.host}`);
  await new Promise<void>((done, reject) => connection.connect((error) => (error ? reject(error) : done())));
  if (!connection.allowsAuth) {
    throw new ToolFailure(`${account.smtp.host}:${account.smtp.port} offers no sign-in, so nothing was sent; is smtp_port right?`);
  }
  await new Promise<void>((done, reject) => connection.login(authentication(shown), (error) => (error ? reject(error) : done())));
}

async function options(account: Account, context: PluginContext, patience: SmtpPatience): Promise<SMTPConnectionOptions> {
  const { smtp, ca } = account;
  return {
    host: smtp.host,
    port: smtp.port,
    secure: smtp.tls === 'tls',
    requireTLS: smtp.tls === 'starttls',
    ignoreTLS: smtp.tls === 'none',
    tls: {
      minVersion: 'TLSv1.2',
      ...(ca === undefined ? {} : { ca: [...rootCertificates, await readFile(resolve(context.dataDir, ca), 'utf8')] }),
    },
    // The name of the person's machine is nobody's business; it would be in every message that is sent.
    name: '[127.0.0.1]',
    allowInternalNetworkInterfaces: true,
    connectionTimeout: patience.connect,
    dnsTimeout: patience.connect,
    greetingTimeout: patience.connect,
    socketTimeout: patience.answer,
    logger: false,
  };
}

function authentication(shown: Credentials): SMTPConnectionAuth {
  if ('password' in shown) return { user: shown.user, pass: shown.password };
  const bearer = (token: string): string => Buffer.from(`user=${shown.user}\u0001auth=Bearer ${token}\u0001\u0001`).toString('base64');
  const oauth2 = {
    getToken(renew: boolean, done: (error: Error | null, token?: string) => void): void {
      if (renew) done(new Error('the access token was refused'));
      else done(null, shown.accessToken);
    },
    buildXOAuth2Token: bearer,
  };
  return { user: shown.user, method: 'XOAUTH2', oauth2: oauth2 as unknown as NonNullable<SMTPConnectionAuth['oauth2']> };
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PluginSettings } from 'pyra/plugin';
import type { Dovecot } from '../../support/servers/dovecot.js';
import { type SmtpServer, smtpSettings } from '../../support/servers/smtp-account.js';
import { dovecotAccount, type EmailContext, type EmailContextOptions, emailContext } from './email-context.js';

/** What may be different from test to test. */
export interface SendingContextOptions extends EmailContextOptions {
  readonly tls?: 'tls' | 'starttls';
  readonly settings?: PluginSettings;
  /** Further authorities (PEM files) that the account trusts. */
  readonly authorities?: readonly string[];
}

/** A context whose account `main` has its mailbox at one server and sends by another; it trusts the authorities of both. */
export function sendingContext(dovecot: Dovecot, smtp: SmtpServer, options: SendingContextOptions = {}): EmailContext {
  const context = emailContext({
    accounts: { main: dovecotAccount(dovecot, { ...smtpSettings(smtp, options.tls), ...options.settings }) },
    secrets: { 'main.password': dovecot.password },
    ...options,
  });
  const trusted = [dovecot.ca, smtp.ca, ...(options.authorities ?? [])].map((path) => readFileSync(path, 'utf8'));
  writeFileSync(join(context.dataDir, 'ca.pem'), trusted.join('\n'));
  return context;
}

/** What a promise fails with; fails itself when it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const thrown = await promise.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
  if (thrown instanceof Error) return thrown;
  throw new Error(`a failure was expected, not ${JSON.stringify(thrown)}`);
}

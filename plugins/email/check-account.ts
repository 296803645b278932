import { type PluginContext, ToolFailure } from 'pyra/plugin';
import { accountOf } from './account.js';
import { withImap } from './imap-connection.js';
import type { MailServer } from './mail-server.js';
import { isZone } from './shown-date.js';
import { withSmtp } from './smtp-connection.js';

/**
 * Signs in to both servers of an account, and at Microsoft first where it signs in there. No message is read or sent.
 * @throws ToolFailure that says what works, what does not, and what to do.
 */
export async function checkAccount(name: string, context: PluginContext): Promise<string> {
  const account = accountOf(name, context);
  if (account.timezone !== undefined && !isZone(account.timezone)) {
    throw new ToolFailure(`${JSON.stringify(account.timezone)} is no time zone; one is written like Europe/Berlin`);
  }
  if (account.auth === 'microsoft') await (await import('./microsoft-sign-in.js')).signInAtMicrosoft(account, context);
  const imap = await outcome(context, () => withImap(account, context, async (client) => void (await client.noop())));
  const smtp = await outcome(context, () => withSmtp(account, context, async () => undefined));
  const [receiving, sending] = [`receiving by ${shown(account.imap)}`, `sending by ${shown(account.smtp)}`];
  if (imap === undefined && smtp === undefined) return `${account.address}: ${receiving} and ${sending} work`;
  const lines = [imap === undefined ? `${receiving} works` : `${receiving} does not work: ${imap}`];
  lines.push(smtp === undefined ? `${sending} works` : `${sending} does not work: ${smtp}`);
  throw new ToolFailure(`${account.address}: ${lines.join('\n')}`);
}

async function outcome(context: PluginContext, attempt: () => Promise<void>): Promise<string | undefined> {
  try {
    await attempt();
    return undefined;
  } catch (thrown) {
    context.signal.throwIfAborted();
    if (thrown instanceof Error && thrown.name === 'ToolFailure') return thrown.message;
    throw thrown;
  }
}

function shown({ host, port, tls }: MailServer): string {
  return `${host}:${port}${tls === 'none' ? ' (NOT encrypted)' : ''}`;
}

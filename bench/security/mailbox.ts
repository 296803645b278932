import { readFileSync } from 'node:fs';
import { ImapFlow } from 'imapflow';
import type { Dovecot } from '../../test/support/servers/dovecot.js';

/** The mailbox of the bench, looked at past the plugin. */
export class Mailbox {
  readonly #client: ImapFlow;

  constructor(server: Dovecot) {
    this.#client = new ImapFlow({
      host: server.host,
      port: server.tlsPort,
      secure: true,
      auth: { user: server.user, pass: server.password },
      tls: { ca: readFileSync(server.ca) },
      logger: false,
    });
  }

  async open(): Promise<void> {
    await this.#client.connect();
  }

  /** Appends messages to the inbox, one after the other. */
  async append(messages: readonly string[]): Promise<void> {
    for (const message of messages) await this.#client.append('INBOX', message);
  }

  /** Everything that is in it, one line a message: its folder, its UID and its flags. */
  async contents(): Promise<readonly string[]> {
    const lines: string[] = [];
    for (const { path, flags } of await this.#client.list()) {
      if (flags.has('\\Noselect')) continue;
      const lock = await this.#client.getMailboxLock(path, { readOnly: true });
      try {
        if (this.#client.mailbox !== false && this.#client.mailbox.exists === 0) continue;
        for await (const message of this.#client.fetch('1:*', { flags: true, uid: true })) {
          const shown = [...(message.flags ?? [])].filter((flag) => flag !== '\\Recent').sort();
          lines.push(`${path} ${message.uid} ${shown.join(' ')}`);
        }
      } finally {
        lock.release();
      }
    }
    return lines.sort();
  }

  async close(): Promise<void> {
    await this.#client.logout();
  }
}

import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A message to be put into a Maildir, as the bytes that a server would get. */
export interface StoredMessage {
  readonly raw: string | Buffer;
  /** `INBOX`, or a path with `/` between its parts. */
  readonly folder: string;
  /** The flags of Maildir: `S` seen, `R` replied, `F` flagged. Without them the message is new. */
  readonly flags?: string;
  /** When it came in, in seconds since 1970. */
  readonly at: number;
}

let written = 0;

/** Puts messages into a Maildir of the ++ layout (as Dovecot reads it), making the folders that they are in. */
export function writeMaildir(maildir: string, messages: readonly StoredMessage[], emptyFolders: readonly string[] = []): void {
  const paths = new Map<string, string>();
  for (const folder of ['INBOX', ...emptyFolders, ...messages.map(({ folder }) => folder)]) {
    if (!paths.has(folder)) paths.set(folder, makeFolder(maildir, folder));
  }
  for (const { raw, folder, flags, at } of messages) {
    written += 1;
    const name = `${at}.M${written}P${process.pid}.pyra`;
    const path = join(paths.get(folder) ?? maildir, flags === undefined ? 'new' : 'cur', flags === undefined ? name : `${name}:2,${flags}`);
    writeFileSync(path, raw);
    utimesSync(path, at, at);
  }
}

function makeFolder(maildir: string, folder: string): string {
  const path = folder === 'INBOX' ? maildir : join(maildir, `.${folder.split('/').map(modifiedUtf7).join('.')}`);
  for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(path, name), { recursive: true });
  return path;
}

/** How IMAP writes names of folders (RFC 3501, 5.1.3). */
function modifiedUtf7(name: string): string {
  return name.replaceAll('&', '&-').replace(/[^\x20-\x7e]+/g, (run) => {
    const bytes = Buffer.from(run, 'utf16le').swap16();
    return `&${bytes.toString('base64').replace(/=+$/, '').replaceAll('/', ',')}-`;
  });
}

import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../temporary-folder.js';

/** Who a server runs as: `nobody` when the tests run as root, else whoever runs the tests (`undefined`). */
export function serverAccount(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** A new folder that a server can reach under {@link serverAccount}; short enough for Unix sockets. Remove it with `removeFolder`. */
export function serverFolder(): string {
  const folder = temporaryFolder();
  chmodSync(folder, 0o711);
  return folder;
}

/** Gives a folder with all that is in it to {@link serverAccount}; to be called before the start, when everything is written. */
export function giveToServer(path: string): void {
  const account = serverAccount();
  if (account === undefined) return;
  for (const entry of readdirSync(path, { recursive: true, encoding: 'utf8' })) chownSync(join(path, entry), account.uid, account.gid);
  chownSync(path, account.uid, account.gid);
}

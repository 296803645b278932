import { ToolFailure } from 'pyra/plugin';
import { FileServer, type FileServerAddress } from './file-server.js';

/** Where the files of an account are. */
export interface FileRoot {
  /** The URL of their root, without a slash at the end. */
  readonly base: string;
  /** Whether it is a Nextcloud, which has a trash bin. */
  readonly nextcloud: boolean;
}

/**
 * Where the files may be for the address that the person gave, the likeliest first: below a Nextcloud's address at
 * `remote.php/dav/files/USER`; an address of WebDAV itself is taken as it is.
 * @throws ToolFailure when it is no http or https address.
 */
export function possibleRoots(url: string, user: string): readonly FileRoot[] {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) throw new ToolFailure('the address of the server is no https address');
  const path = parsed.pathname.replace(/\/+$/, '');
  const given = `${parsed.origin}${path}`;
  const [, before = '', dav = '', rest = ''] = /^(.*?)\/remote\.php\/(dav|webdav)(\/.*)?$/.exec(path) ?? [];
  if (dav === 'webdav' || rest.startsWith('/files/')) return [{ base: given, nextcloud: true }];
  const files = (start: string) => ({ base: `${parsed.origin}${start}/remote.php/dav/files/${encodeURIComponent(user)}`, nextcloud: true });
  if (dav === 'dav') return [files(before)];
  const page = /^(.*?)\/(?:index\.php|apps|login|settings)(?:\/.*)?$/.exec(path);
  return page === null ? [files(path), { base: given, nextcloud: false }] : [files(page[1] ?? ''), { base: given, nextcloud: false }];
}

/**
 * Finds the files of an account: one question to the server, seldom three.
 * @throws ToolFailure when it refuses the sign-in, or is no WebDAV server.
 */
export async function findRoot(url: string, address: Omit<FileServerAddress, 'base'>, signal: AbortSignal): Promise<FileRoot> {
  const ask = async <T>(base: string, question: (server: FileServer) => Promise<T>): Promise<T> => {
    const server = new FileServer({ ...address, base }, signal);
    try {
      return await question(server);
    } finally {
      server.close();
    }
  };
  const host = new URL(url).host;
  for (const root of possibleRoots(url, address.user)) {
    const status = await ask(root.base, (server) => server.probe());
    if (status === 207) return root;
    if (status === 401) {
      throw new ToolFailure(
        `${host} refused the sign-in of ${address.user}; the person checks user name and password (Nextcloud wants an app password, made in its security settings) with ${address.setup}`,
      );
    }
    if (status === 429 || status === 503) {
      throw new ToolFailure(`${host} ${status === 429 ? 'wants fewer requests' : 'is in maintenance or overloaded'}; try again later`);
    }
    // Whoever signs in with an e-mail address has another id.
    const start = /^(.*\/remote\.php\/dav)\/files\/[^/]*$/.exec(root.base)?.[1];
    const principal = start === undefined ? undefined : await ask(start, (server) => server.principal().catch(() => undefined));
    const id = /\/principals\/users\/([^/]+)\/?$/.exec(principal ?? '')?.[1];
    if (id !== undefined && `${start}/files/${id}` !== root.base) {
      const base = `${start}/files/${id}`;
      if ((await ask(base, (server) => server.probe())) === 207) return { base, nextcloud: true };
    }
  }
  throw new ToolFailure(`there is no WebDAV at ${host}; the person checks the address with ${address.setup}`);
}

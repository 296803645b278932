import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { ToolFailure } from 'pyra/plugin';
import { AuthType, createClient, type Headers, type Response, type WebDAVClient } from 'webdav';
import { type Etag, parseEtag } from './etag.js';
import type { FileEntry } from './file-entry.js';
import { type FailedRequest, fileFailure, statusOf } from './file-failure.js';
import { readLimited } from './limited-body.js';
import { type Listing, parseKept, parseListing, textsOf } from './multistatus.js';
import { encodedPath, parentOf, type RemotePath, shownPath } from './remote-path.js';

/** How a server is reached. */
export interface FileServerAddress {
  /** The URL of the root of the person's files, without a slash at the end. */
  readonly base: string;
  readonly user: string;
  readonly password: string;
  /** The command with which the person answers the questions of setup again, for failures. */
  readonly setup: string;
}

/** What a write expects to find: nothing, exactly this version, or whatever there is. */
export type WriteGuard = { readonly kind: 'absent' } | { readonly kind: 'version'; readonly etag: Etag } | { readonly kind: 'any' };

/** A part of a file. */
export interface FilePart {
  readonly bytes: Buffer;
  /** Whether the file goes on after these bytes. */
  readonly more: boolean;
  readonly etag?: Etag;
  readonly mediaType?: string;
}

const LISTING_LIMIT = 32_000_000;
const LOCK_QUESTION =
  '<?xml version="1.0"?><d:propfind xmlns:d="DAV:" xmlns:nc="http://nextcloud.org/ns"><d:prop><d:lockdiscovery/><nc:lock-owner-displayname/></d:prop></d:propfind>';

/** One WebDAV server, for the length of one call. What it cannot do it says as a {@link ToolFailure}. */
export class FileServer {
  readonly #client: WebDAVClient;
  readonly #agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  readonly #address: FileServerAddress;
  readonly #signal: AbortSignal;

  constructor(address: FileServerAddress, signal: AbortSignal) {
    this.#address = address;
    this.#signal = signal;
    // webdav encodes what signs in as Latin-1; its bytes have to be UTF-8 (RFC 7617).
    const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
    this.#client = createClient(address.base, {
      authType: AuthType.Auto,
      username: bytes(address.user),
      password: bytes(address.password),
      httpAgent: this.#agents.http,
      httpsAgent: this.#agents.https,
    });
  }

  /** `host:port`, or the host alone on the usual port. */
  get name(): string {
    return new URL(this.#address.base).host;
  }

  /** What is there at a path; `undefined` for nothing. */
  async stat(path: RemotePath): Promise<FileEntry | undefined> {
    try {
      return (await this.#propfind(path, '0')).self;
    } catch (thrown) {
      const status = statusOf(thrown);
      if (status === 404) return undefined;
      // Apache refuses to look for what would lie in a file.
      if ((status === 400 || status === 403) && path !== '/' && (await this.stat(parentOf(path)))?.type === 'file') return undefined;
      throw this.#failure(thrown, 'look at', path, false);
    }
  }

  /** What a folder holds, unsorted. */
  async list(folder: RemotePath): Promise<Listing> {
    try {
      const listing = await this.#propfind(folder, '1');
      if (listing.self.type === 'folder') return listing;
    } catch (thrown) {
      // What servers answer for a file with a slash behind it differs.
      const found = statusOf(thrown) === undefined ? undefined : await this.stat(folder);
      if (found?.type !== 'file') throw this.#failure(thrown, 'list', folder, false);
    }
    throw new ToolFailure(`${shownPath(folder)} is a file, not a folder; nextcloud.file_read reads it`);
  }

  /** Reads at most `limit` bytes from a place on; servers that know no ranges are read from the start and cut. */
  async read(path: RemotePath, from: number, limit: number): Promise<FilePart> {
    try {
      const headers = { Range: `bytes=${from}-${from + limit}`, 'Accept-Encoding': 'identity' };
      const response = await this.#request('GET', path, { headers });
      const skipped = response.status === 206 ? 0 : from;
      const body = await readLimited(response, skipped + limit);
      const etag = parseEtag(response.headers.get('etag'));
      const mediaType = response.headers.get('content-type');
      return {
        bytes: body.bytes.subarray(skipped),
        more: body.cut,
        ...(etag === undefined ? {} : { etag }),
        ...(mediaType === null ? {} : { mediaType }),
      };
    } catch (thrown) {
      // Nothing lies behind the end, and in an empty file nothing lies at all.
      if (statusOf(thrown) === 416) return { bytes: Buffer.alloc(0), more: false };
      throw this.#failure(thrown, 'read', path, false);
    }
  }

  /** Writes a file whole; `changed` when something else is there than the guard says, `no-folder` when its folder is missing. */
  async write(path: RemotePath, content: Buffer, guard: WriteGuard): Promise<'written' | 'changed' | 'no-folder'> {
    const guards: Headers = guard.kind === 'absent' ? { 'If-None-Match': '*' } : guard.kind === 'version' ? { 'If-Match': guard.etag } : {};
    try {
      await this.#request('PUT', path, { headers: { 'Content-Type': 'application/octet-stream', ...guards }, data: content });
      return 'written';
    } catch (thrown) {
      const status = statusOf(thrown);
      if (status === 412 && guard.kind !== 'any') return 'changed';
      if (status === 409) return 'no-folder';
      throw await this.#changeFailure(thrown, 'write', path);
    }
  }

  /** Makes a folder; one that is there already is fine. */
  async makeFolder(path: RemotePath): Promise<void> {
    try {
      await this.#request('MKCOL', path);
    } catch (thrown) {
      if (statusOf(thrown) !== 405) throw await this.#changeFailure(thrown, 'make', path);
    }
  }

  /** Moves or renames and never overwrites: `taken` when something is there. */
  async move(entry: FileEntry, to: RemotePath): Promise<'moved' | 'taken' | 'no-folder'> {
    const slash = entry.type === 'folder' ? '/' : '';
    try {
      const headers = { Destination: `${this.#url(to)}${slash}`, Overwrite: 'F' };
      await this.#request('MOVE', entry.path, { headers, slash });
      return 'moved';
    } catch (thrown) {
      const status = statusOf(thrown);
      if (status === 412) return 'taken';
      if (status === 409) return 'no-folder';
      throw await this.#changeFailure(thrown, 'move', entry.path);
    }
  }

  /** Deletes a file, or a folder with all that is in it; gives what the server refused to delete. `changed` when it is not the version that was meant. */
  async remove(entry: FileEntry, version: Etag | undefined): Promise<'removed' | 'changed' | { readonly kept: readonly string[] }> {
    const slash = entry.type === 'folder' ? '/' : '';
    try {
      const response = await this.#request('DELETE', entry.path, { slash, headers: version === undefined ? {} : { 'If-Match': version } });
      if (response.status !== 207) return 'removed';
      return { kept: await parseKept((await readLimited(response, LISTING_LIMIT)).bytes.toString('utf8')) };
    } catch (thrown) {
      if (statusOf(thrown) === 412 && version !== undefined) return 'changed';
      throw await this.#changeFailure(thrown, 'delete', entry.path);
    }
  }

  /** The address that the server says the signed-in person has; `undefined` when it says none. For the root of a Nextcloud's WebDAV. */
  async principal(): Promise<string | undefined> {
    const data = '<?xml version="1.0"?><d:propfind xmlns:d="DAV:"><d:prop><d:current-user-principal/></d:prop></d:propfind>';
    const response = await this.#request('PROPFIND', '/' as RemotePath, { headers: { Depth: '0', 'Content-Type': 'text/xml' }, data });
    return textsOf((await readLimited(response, 20_000)).bytes.toString(), 'current-user-principal')[0];
  }

  /** The status of a PROPFIND of the root: whether this is WebDAV at all. Only a broken connection throws. */
  async probe(): Promise<number> {
    try {
      const { status } = await this.#request('PROPFIND', '/' as RemotePath, { headers: { Depth: '0' }, slash: '' });
      return status;
    } catch (thrown) {
      const status = statusOf(thrown);
      if (status !== undefined) return status;
      throw this.#failure(thrown, 'reach', '/', false);
    }
  }

  /** Lets go of the connections. */
  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }

  async #propfind(path: RemotePath, depth: '0' | '1'): Promise<Listing> {
    const response = await this.#request('PROPFIND', path, { headers: { Depth: depth }, slash: depth === '1' ? '/' : '' });
    if (response.status !== 207) throw new Error('the answer is no multistatus');
    const { bytes, cut } = await readLimited(response, LISTING_LIMIT);
    if (cut) throw new ToolFailure(`${shownPath(path)} holds too much to be listed at once`);
    return await parseListing(bytes.toString('utf8'), path);
  }

  #request(
    method: string,
    path: RemotePath,
    options: { readonly headers?: Headers; readonly data?: string | Buffer; readonly slash?: string } = {},
  ): Promise<Response> {
    const { headers = {}, data, slash = '' } = options;
    const url = `${this.#url(path)}${path === '/' ? '' : slash}`;
    return this.#client.customRequest(path, { method, url, headers, signal: this.#signal, ...(data === undefined ? {} : { data }) });
  }

  #url(path: RemotePath): string {
    return `${this.#address.base}${encodedPath(path)}`;
  }

  /** A failed change; when something is locked, with the name of who locked it. */
  async #changeFailure(thrown: unknown, action: string, path: RemotePath): Promise<Error> {
    if (statusOf(thrown) !== 423) return this.#failure(thrown, action, path, true);
    const owner = await this.#lockOwner(path).catch(() => undefined);
    const by = owner === undefined ? '' : ` by ${shownPath(owner).slice(0, 200)}`;
    return new ToolFailure(`${shownPath(path)} is locked${by} on ${this.name}, so nothing was changed; try again when it is released`);
  }

  async #lockOwner(path: RemotePath): Promise<string | undefined> {
    const response = await this.#request('PROPFIND', path, { headers: { Depth: '0', 'Content-Type': 'text/xml' }, data: LOCK_QUESTION });
    const xml = (await readLimited(response, 20_000)).bytes.toString('utf8');
    return textsOf(xml, 'lock-owner-displayname')[0] ?? textsOf(xml, 'owner')[0];
  }

  #failure(thrown: unknown, action: string, path: string, changes: boolean): Error {
    if (this.#signal.aborted) return this.#signal.reason instanceof Error ? this.#signal.reason : new DOMException('aborted', 'AbortError');
    const { user, setup } = this.#address;
    const request: FailedRequest = { action, path, server: this.name, user, setup, changes };
    return fileFailure(thrown, request);
  }
}

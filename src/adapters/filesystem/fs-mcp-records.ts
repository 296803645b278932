import { randomBytes } from 'node:crypto';
import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PyraError } from '../../core/domain/errors.js';
import { parseMcpRecord } from '../../core/domain/mcp-record.js';
import type { McpRecord, McpServerName } from '../../core/domain/mcp-server.js';
import { isMcpServerName } from '../../core/domain/mcp-server-name.js';
import type { McpRecords } from '../../ports/mcp-records.js';
import { writeFileAtomic } from '../support/atomic-file.js';
import { withFileLock } from '../support/file-lock.js';
import { homePaths } from '../support/home-paths.js';
import { KeptReadings } from '../support/kept-readings.js';
import { makeFolders } from '../support/make-folders.js';
import { ownFileText } from '../support/own-file.js';
import { removeTree } from '../support/remove-tree.js';
import { safePath } from '../support/safe-path.js';

/** A server offers as many tools as fit into one message of 10 MB; each may be there as it was and as it is. */
const MAX_BYTES = 32 * 1024 * 1024;

const NOTHING: McpRecord = Object.freeze({ seen: Object.freeze([]), unseen: Object.freeze([]) });

/** What is known of MCP servers, one file each in `state/mcp/`, where no server can write; their data folders are in `mcp/`. */
export class FsMcpRecords implements McpRecords {
  readonly #root: string;
  readonly #kept = new KeptReadings<McpRecord>();

  /** `root`: the home, absolute. */
  constructor(root: string) {
    this.#root = root;
  }

  async load(name: McpServerName): Promise<McpRecord> {
    const path = join(homePaths(this.#root).mcpState, `${name}.json`);
    // The same file as then, whatever leads to it now.
    const known = this.#kept.known(path);
    if (known !== undefined) return known;
    const safe = await this.#path(name);
    return this.#kept.read(path, () => readRecord(safe));
  }

  async update(name: McpServerName, change: (now: McpRecord) => McpRecord): Promise<McpRecord> {
    const path = await this.#path(name);
    makeFolders(homePaths(this.#root).mcpState);
    return this.#alone(name, async () => {
      const text = `${JSON.stringify(change(readRecord(path)))}\n`;
      if (Buffer.byteLength(text) > MAX_BYTES) {
        throw new PyraError('limit/reached', `what the MCP server ${name} says of its tools is too much to keep`, {
          hint: 'use a server with fewer tools, or one that can be told to offer less',
        });
      }
      await writeFileAtomic(path, text, 0o600);
      return readRecord(path);
    });
  }

  async remove(name: McpServerName): Promise<boolean> {
    const path = await this.#path(name);
    const data = await safePath(this.#root, `mcp/${name}`);
    makeFolders(homePaths(this.#root).mcpState);
    return this.#alone(name, async () => {
      const known = await Promise.all([path, data].map(isThere));
      // Where the server cannot reach it, should it still run.
      const heap = join(homePaths(this.#root).mcpState, `.${name}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
      await removeTree(data, heap);
      await rm(path, { force: true });
      return known.includes(true);
    });
  }

  async #path(name: McpServerName): Promise<string> {
    if (!isMcpServerName(name)) throw new PyraError('usage', 'this is no name of an MCP server');
    return safePath(this.#root, `state/mcp/${name}.json`);
  }

  #alone<T>(name: McpServerName, run: () => Promise<T>): Promise<T> {
    return withFileLock(join(homePaths(this.#root).mcpState, `.${name}.lock`), run);
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}

function readRecord(path: string): McpRecord {
  const text = ownFileText(path, MAX_BYTES);
  // Nothing is offered by a damaged record; the person looks at the server again.
  return (text === undefined ? undefined : parseMcpRecord(text)) ?? NOTHING;
}

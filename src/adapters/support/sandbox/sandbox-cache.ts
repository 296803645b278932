import { readFile, readlink, stat } from 'node:fs/promises';
import { isJsonObject, type JsonValue } from '../../../core/domain/json.js';
import { writeFileAtomic } from '../atomic-file.js';
import { findProgram } from './find-program.js';
import type { Sandbox } from './sandbox.js';
import type { Probed } from './sandbox-probe.js';

/**
 * Remembers in a file that the strongest tier works, so that the probe costs nothing the next time. It holds for one boot, user, Node, set
 * of namespaces and version of bubblewrap. A weaker result is not kept: it can be mended at any time.
 */
export class SandboxCache {
  readonly #path: string;
  readonly #node: string;

  constructor(path: string, node: string) {
    this.#path = path;
    this.#node = node;
  }

  /** What was found before under the same circumstances. */
  async load(): Promise<Probed | undefined> {
    try {
      const kept: JsonValue = JSON.parse(await readFile(this.#path, 'utf8'));
      if (!isJsonObject(kept) || kept.circumstances !== (await this.#circumstances())) return undefined;
      return { sandbox: kept.sandbox as unknown as Sandbox, reason: '' };
    } catch {
      return undefined;
    }
  }

  /** Keeps a result if it is the strongest there is. A home that cannot be written costs the next probe, no more. */
  async save(probed: Probed): Promise<void> {
    if (probed.reason !== '') return;
    try {
      const circumstances = await this.#circumstances();
      await writeFileAtomic(this.#path, `${JSON.stringify({ circumstances, sandbox: probed.sandbox })}\n`, 0o600);
    } catch {
      // Said above.
    }
  }

  async #circumstances(): Promise<string> {
    const [boot, user, mounts] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readlink('/proc/self/ns/user'),
      readlink('/proc/self/ns/mnt'),
    ]);
    const bwrap = findProgram('bwrap') ?? '';
    const { mtimeMs } = await stat(bwrap);
    return [boot.trim(), user, mounts, process.getuid?.(), this.#node, process.version, bwrap, mtimeMs].join(' ');
  }
}

import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';

/** More folders than this are not watched: the system's number of watches is limited. */
const MAX_FOLDERS = 500;

/**
 * Says whether anything in some folders was touched, so that not every file must be looked at before every answer. Only where the system
 * tells of changes inside files of a watched folder (Linux); elsewhere it covers nothing.
 */
export class MemoryWatch {
  readonly #root: string;
  readonly #watchers = new Map<string, FSWatcher>();
  #complete = false;
  #touched = true;

  constructor(root: string) {
    this.#root = root;
  }

  /** Watches these folders and no others. What happened before counts as a touch where a folder is new to it. */
  follow(folders: Iterable<string>): void {
    const wanted = new Set(folders);
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    this.#complete = process.platform === 'linux' && wanted.size <= MAX_FOLDERS;
    for (const folder of this.#complete ? wanted : []) {
      if (!this.#watchers.has(folder)) this.#add(folder);
    }
  }

  /** Whether everything is watched. */
  get covers(): boolean {
    return this.#complete;
  }

  /** Forgets what was touched so far. */
  clear(): void {
    this.#touched = false;
  }

  /** Whether everything is watched and nothing was touched since {@link clear}; waits until the system has told all that it knows. */
  async untouched(): Promise<boolean> {
    // The notices are read between two turns of the event loop.
    for (let turn = 0; turn < 2 && this.#complete && !this.#touched; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return this.#complete && !this.#touched;
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    this.#complete = false;
  }

  #add(folder: string): void {
    this.#touched = true;
    try {
      const watcher = watch(join(this.#root, folder), { persistent: false }, () => {
        this.#touched = true;
      });
      watcher.on('error', () => {
        this.#complete = false;
      });
      this.#watchers.set(folder, watcher);
    } catch {
      this.#complete = false;
    }
  }
}

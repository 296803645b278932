import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { debuglog } from 'node:util';
import type { Finding } from '../../core/domain/finding.js';
import type { NoteId } from '../../core/domain/identifiers.js';
import { visible } from '../../core/domain/untrusted.js';
import { folderStamp, type StrayEntry } from './memory-folder.js';
import { isBusy, isDamage, MemoryIndex, removeDatabase } from './memory-index.js';
import { MemorySync } from './memory-sync.js';
import { MemoryWatch } from './memory-watch.js';
import { modeFinding } from './mode-check.js';
import { UNREADABLE, type UnreadableLabel } from './note-file.js';

/** Long enough that a short `ask` is over: it must not pay for the look. */
const BACKGROUND_DELAY_MS = 1_000;
const FRESH_MS = 100;
/** For how long a look holds while nothing in the folders is touched: a shared disk may not tell of changes by other machines. */
const WATCHED_MS = 2_000;
const log = debuglog('pyra:memory');

/** How true the index must be: `full` = every file was looked at, `quick` = every folder was, `none` = as it is. */
export type Freshness = 'full' | 'quick' | 'none';

/** Where the index lies and what it is made of. */
export interface IndexKeeperOptions {
  readonly memory: string;
  readonly state: string;
  readonly suspicious: (text: string) => boolean;
  readonly report?: (finding: Finding) => void;
  readonly freshMs?: number;
}

/** Opens the index when it is first used, brings it to the state of the files before it answers, and makes it anew when it is damaged. */
export class MemoryIndexKeeper {
  readonly #options: IndexKeeperOptions;
  readonly #sync: MemorySync;
  readonly #path: string;
  readonly #watch: MemoryWatch;
  readonly #renewed: (index: MemoryIndex) => Promise<void>;
  readonly #reported = new Set<string>();
  readonly #narrowed = new Map<string, number>();
  #index: MemoryIndex | undefined;
  #strays: readonly StrayEntry[] = [];
  #turn: Promise<void> = Promise.resolve();
  #fullLookStarted = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** `renewed` is called after a look at the files that changed the index. */
  constructor(options: IndexKeeperOptions, renewed: (index: MemoryIndex) => Promise<void>) {
    this.#options = options;
    this.#path = join(options.state, 'memory-index.sqlite');
    this.#watch = new MemoryWatch(options.memory);
    this.#sync = new MemorySync(options.memory, options.suspicious, (path, was) => this.#narrowed.set(path, was));
    this.#renewed = renewed;
  }

  /** Asks the index for something. */
  async use<T>(freshness: Freshness, ask: (index: MemoryIndex) => T | Promise<T>): Promise<T> {
    const asked = performance.now();
    if (freshness === 'none') return await this.#repairing(async (index) => ask(index));
    return this.#alone(() =>
      this.#repairing(async (index) => {
        const fresh = await this.#isFresh(asked);
        if (freshness === 'full' && !fresh) await this.#lookAtAll(index);
        else await this.#apply(index, await this.#sync.quick(index));
        if (freshness === 'quick' && !fresh) this.#lookSoon();
        return ask(index);
      }),
    );
  }

  /** Looks at every file and says what cannot be a note. */
  async findings(): Promise<readonly Finding[]> {
    const faults = await this.use('full', (index) => index.faults());
    return [...this.#strays.map(strayFinding), ...faults.map(({ path, fault }) => faultFinding(path, fault))];
  }

  /** Takes one file that was just written into the index. */
  async remember(id: NoteId, path: string): Promise<void> {
    await this.#repairing(async (index) => {
      const entry = this.#sync.inspect({ id, path }, true);
      index.change(() => (entry === undefined ? index.remove(id) : index.put(entry)));
    });
  }

  /** Takes one note out of the index. */
  async forget(id: NoteId): Promise<void> {
    await this.#repairing(async (index) => index.change(() => index.remove(id)));
  }

  /** Runs a change of one file; its folder does not count as changed by others because of it. */
  async aroundChange(path: string, change: () => Promise<void>): Promise<void> {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    const { memory } = this.#options;
    const before = folderStamp(memory, folder);
    await change();
    await this.#repairing(async (index) => {
      if (before !== undefined && index.folders().get(folder) === before)
        index.change(() => index.setFolder(folder, folderStamp(memory, folder)));
    });
  }

  /** Tells of something once. */
  report(finding: Finding): void {
    const key = `${finding.label} ${finding.message}`;
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.#options.report?.(finding);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#watch.close();
    await this.#turn;
    this.#watch.close();
    this.#index?.close();
    this.#index = undefined;
  }

  async #isFresh(asked: number): Promise<boolean> {
    const age = asked - this.#fullLookStarted;
    if (this.#watch.covers) return age < WATCHED_MS && (await this.#watch.untouched());
    return age < (this.#options.freshMs ?? FRESH_MS);
  }

  async #lookAtAll(index: MemoryIndex): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const started = performance.now();
    // A process that asks once needs no watch.
    const watching = this.#fullLookStarted >= 0;
    if (watching) this.#watch.follow(index.folders().keys());
    this.#watch.clear();
    const outcome = await this.#sync.full(index, () => this.#closed);
    this.#strays = outcome.strays;
    await this.#apply(index, outcome);
    for (const { path, fault } of index.faults()) this.report(faultFinding(path, fault));
    if (watching) this.#watch.follow(index.folders().keys());
    this.#fullLookStarted = started;
  }

  async #apply(
    index: MemoryIndex,
    { changed, strays }: { readonly changed: boolean; readonly strays: readonly StrayEntry[] },
  ): Promise<void> {
    for (const stray of strays) this.report(strayFinding(stray));
    this.#reportNarrowed();
    if (changed && !this.#closed) await this.#renewed(index);
  }

  /** A folder of notes that was copied in is told of once, not note by note. */
  #reportNarrowed(): void {
    const [first, ...more] = this.#narrowed;
    this.#narrowed.clear();
    if (first === undefined) return;
    const finding = modeFinding(`memory/${shown(first[0])}`, first[1], 0o600, true);
    const others = more.length === 0 ? '' : `; the same for ${more.length} more ${more.length === 1 ? 'note' : 'notes'}`;
    this.report({ ...finding, message: finding.message + others });
  }

  /** The answer does not wait for the look, and the process does not stay for it. */
  #lookSoon(): void {
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#alone(() => this.#repairing((index) => this.#lookAtAll(index))).catch((error: unknown) =>
        log('background look: %s', error),
      );
    }, BACKGROUND_DELAY_MS);
    this.#timer.unref();
  }

  /** Looks at the files run one after the other. */
  #alone<T>(run: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(run);
    this.#turn = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }

  async #repairing<T>(run: (index: MemoryIndex) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      this.#index ??= this.#open();
      try {
        return await run(this.#index);
      } catch (error) {
        if (attempt >= 2 || !(isDamage(error) || isBusy(error))) throw error;
        log('the index is made anew: %s', error);
        this.#discard(error);
        // A disk that is full or read-only takes the index away, not the notes.
        if (attempt === 1) this.#index = new MemoryIndex(':memory:');
      }
    }
  }

  #open(): MemoryIndex {
    try {
      mkdirSync(this.#options.state, { recursive: true, mode: 0o700 });
      return new MemoryIndex(this.#path);
    } catch (error) {
      log('the index is kept in memory: %s', error);
      return new MemoryIndex(':memory:');
    }
  }

  #discard(error: unknown): void {
    try {
      this.#index?.close();
    } catch (failure) {
      log('closing: %s', failure);
    }
    this.#index = undefined;
    if (isDamage(error)) removeDatabase(this.#path);
  }
}

function strayFinding({ label, path, why }: StrayEntry): Finding {
  const fix = label === 'note-is-a-link' ? UNREADABLE['note-is-a-link'].fix : 'rename it';
  return {
    label,
    category: 'home',
    message: `memory/${shown(path)} is passed over: ${why.startsWith('is ') ? `it ${why}` : why}`,
    fix,
  };
}

function faultFinding(path: string, fault: string): Finding {
  const { message, fix } = UNREADABLE[fault as UnreadableLabel] ?? { message: fault, fix: 'move it out of the memory' };
  return { label: fault, category: 'home', message: `memory/${shown(path)} is passed over: it ${message}`, fix };
}

/** A name from the disk as it may be shown on a terminal. */
function shown(path: string): string {
  return visible(path.slice(0, 300)).replaceAll('\n', '\\n');
}

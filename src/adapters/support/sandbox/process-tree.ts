import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

/** What a process and all that it started use. */
export interface TreeUse {
  readonly pids: readonly number[];
  /** Memory that is theirs alone, in bytes: what is loaded from files is shared. */
  readonly bytes: number;
}

/** Enough to see that there are too many. */
const MAX_PROCESSES = 1_000;

/** Looks at a process and all below it, as Linux tells in `/proc`; what has ended meanwhile does not count. */
export async function treeUse(root: number): Promise<TreeUse> {
  const pids = [root];
  let bytes = 0;
  for (const pid of pids) {
    if (pids.length > MAX_PROCESSES) break;
    const [own, children] = await Promise.all([ownBytes(pid), childrenOf(pid)]);
    bytes += own;
    pids.push(...children);
  }
  return { pids, bytes };
}

async function ownBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
  return [...status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm)].reduce((sum, [, kilobytes]) => sum + Number(kilobytes) * 1024, 0);
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'latin1').catch(() => '')));
  return lists.flatMap(numbersIn);
}

/** Kills all that a process started, the process itself excepted; where the system does not tell what that is, nothing. */
export function killBelow(root: number): void {
  const pids = [root];
  for (const pid of pids) if (pids.length <= MAX_PROCESSES) pids.push(...childrenNow(pid));
  for (const pid of pids.slice(1)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended meanwhile.
    }
  }
}

function childrenNow(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => numbersIn(readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1')));
  } catch {
    return [];
  }
}

function numbersIn(list: string): readonly number[] {
  return list
    .split(' ')
    .filter((text) => text.trim() !== '')
    .map(Number);
}

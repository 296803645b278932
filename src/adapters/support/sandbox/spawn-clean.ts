import { type ChildProcess, type IOType, type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { PipedProcess } from './child-process.js';
import { inheritedDescriptors } from './inherited-descriptors.js';

/** What a process is started with besides its pipes. */
export interface CleanSpawnOptions {
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/**
 * Starts a process that has this many pipes, and nothing else of what this process has open, as the leader of a group of its own: an
 * interrupt from the keyboard is for Pyra, and everything in the group can be killed at once. Rejects when it cannot be started.
 */
export async function spawnClean(file: string, args: readonly string[], pipes: number, options: CleanSpawnOptions): Promise<PipedProcess> {
  const child = spawnWith(file, args, pipes, { ...options, detached: true });
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  return child as PipedProcess;
}

function spawnWith(file: string, args: readonly string[], pipes: number, options: Omit<SpawnOptions, 'stdio'>): ChildProcess {
  const inherited = inheritedDescriptors(pipes);
  const nothing = inherited.length > 0 ? openSync('/dev/null', 'r') : undefined;
  try {
    const last = inherited.at(-1) ?? pipes - 1;
    const stdio = Array.from({ length: last + 1 }, (_, descriptor): IOType | number => {
      if (descriptor < pipes) return 'pipe';
      return nothing !== undefined && inherited.includes(descriptor) ? nothing : 'ignore';
    });
    return spawn(file, args, { ...options, stdio });
  } finally {
    if (nothing !== undefined) closeSync(nothing);
  }
}

import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { ChildEnd, LaunchedChild } from './launched-child.js';
import type { Sandbox } from './sandbox.js';

/** How many processes stand between the one that was started and the plugin's Node. */
const DEPTH: Readonly<Record<Sandbox['tier'], number>> = { bwrap: 2, unshare: 1, plain: 0 };
/** How long the streams of a process that is gone may stay open: what it started may hold them. */
const DRAIN_MS = 1_000;

/** A process whose three streams are pipes. */
export type PipedProcess = ChildProcess & { readonly stdin: Writable; readonly stdout: Readable; readonly stderr: Readable };

/** A process that was just started, as its owner sees it. */
export function launchedChild(child: PipedProcess, tier: Sandbox['tier']): LaunchedChild {
  const { stdin, stdout, stderr } = child;
  const streams = child.stdio.filter((stream) => stream !== null && stream !== undefined);
  let node: number | undefined;
  let gone = false;
  const kill = (): void => {
    if (gone || child.pid === undefined) return;
    killGroup(child.pid);
  };
  const ended = new Promise<ChildEnd>((resolve) => {
    child.once('exit', (code, signal) => {
      kill();
      gone = true;
      const timer = setTimeout(() => {
        for (const stream of streams) stream.destroy();
      }, DRAIN_MS);
      child.once('close', () => {
        clearTimeout(timer);
        resolve({ code, signal });
      });
    });
  });
  // A write to a process that is gone fails; its end is told by `ended`.
  stdin.on('error', () => undefined);
  return {
    stdin,
    stdout,
    stderr,
    ended,
    kill,
    pid: () => {
      node ??= gone || child.pid === undefined ? undefined : descendant(child.pid, DEPTH[tier]);
      return gone ? undefined : node;
    },
    hold: (alive) => {
      const verb = alive ? 'ref' : 'unref';
      child[verb]();
      // A stream that is closed would remember every one of these for when it is opened.
      for (const stream of streams) if (!stream.destroyed) (stream as unknown as Readonly<Record<'ref' | 'unref', () => void>>)[verb]();
    },
  };
}

/** Kills what is left of the group that a process leads. Everything in a namespace dies with the process that made it. */
function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}

/** The first child of the first child, and so on; undefined while it is not there, or where the system does not tell. */
function descendant(pid: number, depth: number): number | undefined {
  let found: number | undefined = pid;
  for (let level = 0; level < depth && found !== undefined; level += 1) found = firstChild(found);
  return found;
}

function firstChild(pid: number): number | undefined {
  try {
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ');
    return first === undefined || first === '' ? undefined : Number(first);
  } catch {
    return undefined;
  }
}

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { removeFolder, temporaryFolder } from './temporary-folder.js';

/** How often secrets stand in the heap of a process after its vault was locked and the garbage collected. */
export interface HeapReport {
  readonly status: string;
  readonly passphrase: number;
  readonly value: number;
  readonly identity: number;
}

/** Looks into the heap of a process that made, filled, read and locked a vault. With `keep` it holds on to the value, to show that it would be found. */
export function heapAfterLock(keep = false): HeapReport {
  const folder = temporaryFolder();
  try {
    const program = fileURLToPath(new URL('./vault-heap-process.js', import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', program, `${folder}/vault`, keep ? 'keep' : ''], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`the process failed: ${stderr}`);
    return JSON.parse(stdout) as HeapReport;
  } finally {
    removeFolder(folder);
  }
}

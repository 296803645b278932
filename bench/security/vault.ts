import { join } from 'node:path';
import { AgeVault } from '../../src/adapters/age/age-vault.js';
import type { SecretName } from '../../src/core/domain/identifiers.js';
import { Secret } from '../../src/core/domain/secret.js';
import { runAgeVectors } from '../../test/support/age-vectors.js';
import { removeFolder, temporaryFolder } from '../../test/support/temporary-folder.js';
import { damageEveryByte } from '../../test/support/vault-damage.js';
import { heapAfterLock } from '../../test/support/vault-heap.js';
import type { SecurityBenchmark } from './data-folder.js';
import type { SecurityFigure } from './figure.js';

const VECTORS = 'age-vectors/testdata';

/** V1: the age vectors and damaged files through the vault's own code; L2: what a locked vault leaves in the heap. */
export const vault: SecurityBenchmark = {
  name: 'vault',
  async figures({ data }) {
    const { passphrase, value, identity } = heapAfterLock();
    const left = Object.entries({ passphrase, value, identity }).filter(([, count]) => count > 0);
    return [
      await vectors(data.has(VECTORS) ? data.path(VECTORS) : undefined),
      await damage(),
      {
        kind: 'count',
        id: 'L2',
        name: 'released values, passphrase and key in a heap snapshot after lock and collection',
        count: left.length,
        of: 3,
        target: 'none',
        cases: left.map(([what]) => what),
      },
    ];
  },
};

async function vectors(folder: string | undefined): Promise<SecurityFigure> {
  const what = { id: 'V1', name: 'age vectors that come out as they must, through the code of the vault' };
  if (folder === undefined) return { kind: 'skipped', ...what, why: `no ${VECTORS} in the data` };
  const { cases, faults } = await runAgeVectors(folder);
  return { kind: 'count', ...what, count: cases - faults.length, of: cases, target: 'all', cases: faults };
}

async function damage(): Promise<SecurityFigure> {
  const folder = temporaryFolder();
  try {
    const root = join(folder, 'vault');
    const name = 'a' as SecretName;
    const made = new AgeVault({ root, workFactor: 10 });
    await made.create(new Secret('a passphrase of the bench'));
    await made.set(name, new Secret('the value'));
    const reports = [];
    for (const mask of [0x01, 0x20, 0x80, 0xff]) reports.push(await damageEveryByte(made, root, 'secrets/a.age', name, mask));
    const of = reports.reduce((sum, { cases }) => sum + cases, 0);
    const faults = reports.flatMap((report) => report.faults);
    return {
      kind: 'count',
      id: 'V1',
      name: 'secret files with one byte changed, or cut, that are told as damaged by name',
      count: of - faults.length,
      of,
      target: 'all',
      cases: faults,
    };
  } finally {
    removeFolder(folder);
  }
}

import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeTree } from '../../../../src/adapters/support/remove-tree.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

describe('the removal of a folder that somebody else wrote', () => {
  let root: string;

  beforeEach(() => {
    root = temporaryFolder();
    mkdirSync(join(root, 'tree/a/b'), { recursive: true });
    writeFileSync(join(root, 'tree/a/b/file'), 'x');
  });

  afterEach(() => removeFolder(root));

  const remove = (): Promise<void> => removeTree(join(root, 'tree'), join(root, 'heap'));

  it('leaves nothing of it, nor of what it needed for that', async () => {
    await remove();
    await remove();
    expect(readdirSync(root)).to.deep.equal([]);
  });

  it('removes links and not what they lead to', async () => {
    mkdirSync(join(root, 'outside'));
    writeFileSync(join(root, 'outside/kept'), 'x');
    symlinkSync(join(root, 'outside'), join(root, 'tree/a/folder'));
    symlinkSync(join(root, 'outside/kept'), join(root, 'tree/file'));
    await remove();
    expect(readdirSync(root)).to.deep.equal(['outside']);
    expect(existsSync(join(root, 'outside/kept'))).to.equal(true);
  });

  it('removes what nobody may look into, and what is deeper than any path', async () => {
    const name = 'd'.repeat(200);
    const deep = (folder: string): string => {
      let path = join(root, 'tree', folder);
      for (let level = 0; level < 17; level += 1) path = join(path, name);
      mkdirSync(path, { recursive: true });
      return path;
    };
    const inner = deep('first');
    deep('second');
    renameSync(join(root, 'tree/second'), join(inner, 'second'));
    chmodSync(join(root, 'tree/a/b'), 0);
    chmodSync(join(root, 'tree/a'), 0o500);
    await remove();
    expect(readdirSync(root)).to.deep.equal([]);
  });
});

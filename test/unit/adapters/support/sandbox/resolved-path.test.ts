import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { resolvedPath } from '../../../../../src/adapters/support/sandbox/resolved-path.js';
import { removeFolder, temporaryFolder } from '../../../../support/temporary-folder.js';

describe('a path and the links that it leads through', () => {
  let root: string;

  beforeEach(() => {
    root = temporaryFolder();
    mkdirSync(join(root, 'deep/er'), { recursive: true });
    writeFileSync(join(root, 'deep/er/file'), '');
  });

  afterEach(() => removeFolder(root));

  it('leads through links of folders and files, each where it really lies', async () => {
    symlinkSync('deep', join(root, 'way'));
    symlinkSync(join(root, 'way/er/../er/file'), join(root, 'deep/start'));
    const path = join(root, 'way/start');
    expect(await resolvedPath(path)).to.deep.equal({
      real: realpathSync(path),
      links: [
        { path: join(root, 'way'), target: 'deep' },
        { path: join(root, 'deep/start'), target: join(root, 'way/er/../er/file') },
        { path: join(root, 'way'), target: 'deep' },
      ],
    });
  });

  it('is a path without links as it is', async () => {
    expect(await resolvedPath(join(root, 'deep/er/file'))).to.deep.equal({ real: join(root, 'deep/er/file'), links: [] });
    expect(await resolvedPath('/')).to.deep.equal({ real: '/', links: [] });
  });

  it('leads nowhere where something is missing, and in a circle', async () => {
    symlinkSync('b', join(root, 'a'));
    symlinkSync('a', join(root, 'b'));
    for (const path of ['a', 'none', 'deep/none/er']) expect(await resolvedPath(join(root, path)), path).to.equal(undefined);
  });
});

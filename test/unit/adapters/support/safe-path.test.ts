import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { safePath } from '../../../../src/adapters/support/safe-path.js';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

describe('safePath', () => {
  let folder: string;
  let root: string;

  beforeEach(() => {
    folder = temporaryFolder();
    root = join(folder, 'root');
    mkdirSync(join(root, 'inner'), { recursive: true });
    writeFileSync(join(root, 'inner', 'file.md'), 'x');
    writeFileSync(join(folder, 'outside.md'), 'x');
  });

  afterEach(() => removeFolder(folder));

  for (const name of ['inner/file.md', 'new.md', 'no/such/folder/new.md', 'ünïcode 東京.md', '.hidden', 'a..b', '...']) {
    it(`gives the path below the root for ${JSON.stringify(name)}`, async () => {
      expect(await safePath(root, name)).to.equal(join(root, name));
    });
  }

  const refused: readonly (readonly [what: string, name: string])[] = [
    ['an empty name', ''],
    ['a parent at the start', '../outside.md'],
    ['a parent in the middle', 'inner/../../outside.md'],
    ['a parent alone', '..'],
    ['a dot', './inner'],
    ['an absolute name', '/etc/passwd'],
    ['a drive', 'C:/x'],
    ['a drive-relative name', 'c:x'],
    ['a backslash', 'inner\\..\\..\\outside.md'],
    ['a NUL', 'inner/file.md\0.txt'],
    ['an empty part', 'inner//file.md'],
    ['a slash at the end', 'inner/'],
    ['an over-long part', 'x'.repeat(256)],
    ['an over-long part in bytes', 'ü'.repeat(128)],
    ['an over-long name', Array.from({ length: 300 }, () => 'abcd').join('/')],
  ];
  for (const [what, name] of refused) {
    it(`refuses ${what}`, async () => {
      const error = await safePath(root, name).catch((thrown: unknown) => thrown);
      expect(isPyraError(error, 'path/outside-boundary')).to.equal(true);
    });
  }

  it('refuses a symbolic link as the file, on the way, dangling, and even one that stays inside', async () => {
    symlinkSync(join(folder, 'outside.md'), join(root, 'link.md'));
    symlinkSync(folder, join(root, 'up'));
    symlinkSync(join(folder, 'nowhere'), join(root, 'dangling.md'));
    symlinkSync(join(root, 'inner'), join(root, 'same'));
    for (const name of ['link.md', 'up/outside.md', 'dangling.md', 'same/file.md']) {
      const error = await safePath(root, name).catch((thrown: unknown) => thrown);
      expect(isPyraError(error, 'path/outside-boundary'), name).to.equal(true);
    }
  });

  it('follows a symbolic link to the root itself', async () => {
    symlinkSync(root, join(folder, 'alias'));
    expect(await safePath(join(folder, 'alias'), 'inner/file.md')).to.equal(join(root, 'inner/file.md'));
  });
});

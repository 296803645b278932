import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { contentsOf, digestOf, digestOver, filesOf, linksIn } from '../../../../src/adapters/plugins/plugin-files.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

describe('the files of a plugin', () => {
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder();
    mkdirSync(join(folder, 'lib'));
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'plugin.js'), 'export default {};\n');
    writeFileSync(join(folder, 'lib', 'part.js'), '1');
    writeFileSync(join(folder, 'data', 'cache'), 'x');
  });

  afterEach(() => removeFolder(folder));

  it('are all but those of data/, sorted, with their sizes', async () => {
    expect(await filesOf(folder)).to.deep.equal([
      { path: 'lib/part.js', bytes: 1 },
      { path: 'plugin.js', bytes: 19 },
    ]);
  });

  it('have a digest that only names, sizes and bytes change, and data/ does not', async () => {
    const before = await digestOf(folder);
    expect(before).to.match(/^[0-9a-f]{64}$/);
    writeFileSync(join(folder, 'data', 'cache'), 'y');
    expect(await digestOf(folder)).to.equal(before);
    expect(digestOver([...(await contentsOf(folder, await filesOf(folder)))].reverse())).to.equal(before);
    writeFileSync(join(folder, 'plugin.js'), 'export default 12;\n');
    expect(await digestOf(folder)).not.to.equal(before);
    writeFileSync(join(folder, 'plugin.js'), 'export default {};\n');
    writeFileSync(join(folder, 'empty'), '');
    expect(await digestOf(folder)).not.to.equal(before);
  });

  it('have no other digest when a byte moves from a name to a content', () => {
    const of = (path: string, text: string): string => digestOver([{ path, content: Buffer.from(text) }]);
    expect(of('a', 'bc')).not.to.equal(of('ab', 'c'));
    expect(of('a', '')).not.to.equal(of('a\x000', ''));
  });

  it('are told apart from links, second names and pipes, in data/ too', async () => {
    expect(await linksIn(folder)).to.deep.equal([]);
    const digest = await digestOf(folder);
    symlinkSync('/etc', join(folder, 'data', 'etc'));
    symlinkSync('plugin.js', join(folder, 'lib', 'link.js'));
    linkSync(join(folder, 'plugin.js'), join(folder, 'second.js'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await linksIn(folder)).to.deep.equal([
      'data/etc is a symbolic link',
      'lib/link.js is a symbolic link',
      'pipe is a pipe',
      'plugin.js has another name elsewhere (a hard link)',
      'second.js has another name elsewhere (a hard link)',
    ]);
    expect(await digestOf(folder)).not.to.equal(digest);
  });

  it('are never read through a link in place of a file', async () => {
    symlinkSync('/etc/hostname', join(folder, 'swapped'));
    const failure = await contentsOf(folder, [{ path: 'swapped', bytes: 1 }]).catch((error: unknown) => error);
    expect(failure).to.have.property('code', 'ELOOP');
  });
});

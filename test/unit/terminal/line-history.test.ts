import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { LineHistory } from '../../../src/adapters/support/terminal/line-history.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';

describe('line history', () => {
  let folder: string;
  let path: string;
  const secret = (line: string): boolean => line.includes('sk-');

  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'state', 'history');
  });
  afterEach(() => removeFolder(folder));

  it('is there again in the next process, lines of several rows whole', async () => {
    const history = new LineHistory({ path, secret });
    await history.load();
    for (const line of ['one', 'two\nrows', 'two\nrows', '  ', 'x\u2028y']) await history.add(line);
    const next = new LineHistory({ path, secret });
    await next.load();
    expect(next.entries).to.deep.equal(['one', 'two\nrows', 'x\u2028y']);
    expect(history.entries).to.deep.equal(next.entries);
  });

  it('never keeps secrets, lines for the vault, or very long ones', async () => {
    const history = new LineHistory({ path, secret });
    for (const line of ['my sk-123', '/vault set x', ' /vault get', 'y'.repeat(20_000)]) await history.add(line);
    expect(history.entries).to.be.empty;
    expect(existsSync(path)).to.equal(false);
  });

  it('is readable for the person alone, whatever the umask and the mode before', async () => {
    const before = process.umask(0);
    try {
      const history = new LineHistory({ path, secret });
      await history.add('one');
      expect(statSync(path).mode & 0o777).to.equal(0o600);
      chmodSync(path, 0o644);
      await history.add('two');
      expect(statSync(path).mode & 0o777).to.equal(0o600);
    } finally {
      process.umask(before);
    }
  });

  it('does not follow a planted link, and still works for this process', async () => {
    const target = join(folder, 'elsewhere');
    writeFileSync(target, 'precious');
    path = join(folder, 'history');
    symlinkSync(target, path);
    const history = new LineHistory({ path, secret });
    await history.add('one');
    expect(history.entries).to.deep.equal(['one']);
    expect(readFileSync(target, 'utf8')).to.equal('precious');
  });

  it('survives a damaged file and shortens a long one', async () => {
    path = join(folder, 'history');
    writeFileSync(path, `${Array.from({ length: 2_500 }, (_, index) => `"line ${index}"`).join('\n')}\n{"not":"text"}\n"torn`);
    const history = new LineHistory({ path, secret });
    await history.load();
    expect(history.entries).to.have.length(1_000);
    expect(history.entries.at(-1)).to.equal('line 2499');
    expect(readFileSync(path, 'utf8').split('\n')).to.have.length(1_001);
  });
});

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { sweepTemporaryFiles, writeFileAtomic } from '../../../../src/adapters/support/atomic-file.js';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('writeFileAtomic', () => {
  let folder: string;
  let mask: number;

  beforeEach(() => {
    folder = temporaryFolder();
    mask = process.umask();
  });

  afterEach(() => {
    process.umask(mask);
    removeFolder(folder);
  });

  for (const umask of [0o000, 0o022, 0o077, 0o277]) {
    for (const mode of [0o600, 0o400]) {
      it(`gives a new file mode ${mode.toString(8)} under umask ${umask.toString(8)}`, async () => {
        process.umask(umask);
        await writeFileAtomic(join(folder, 'a'), 'text', mode);
        process.umask(mask);
        expect(modeOf(join(folder, 'a'))).to.equal(mode);
        expect(readFileSync(join(folder, 'a'), 'utf8')).to.equal('text');
      });
    }
  }

  it('gives an existing 0644 file the right mode', async () => {
    const path = join(folder, 'a');
    writeFileSync(path, 'old');
    chmodSync(path, 0o644);
    await writeFileAtomic(path, 'new', 0o600);
    expect(modeOf(path)).to.equal(0o600);
    expect(readFileSync(path, 'utf8')).to.equal('new');
  });

  it('replaces a file that is not writable itself', async () => {
    await writeFileAtomic(join(folder, 'a'), 'old', 0o400);
    await writeFileAtomic(join(folder, 'a'), Buffer.from([1, 2, 3]), 0o400);
    expect([...readFileSync(join(folder, 'a'))]).to.deep.equal([1, 2, 3]);
  });

  it('refuses a symbolic link in place of the file and leaves its target alone', async () => {
    writeFileSync(join(folder, 'target'), 'target');
    symlinkSync(join(folder, 'target'), join(folder, 'a'));
    const error = await writeFileAtomic(join(folder, 'a'), 'new', 0o600).catch((thrown: unknown) => thrown);
    expect(isPyraError(error, 'home/insecure')).to.equal(true);
    expect(readFileSync(join(folder, 'target'), 'utf8')).to.equal('target');
  });

  it('refuses a dangling symbolic link too', async () => {
    symlinkSync(join(folder, 'nowhere'), join(folder, 'a'));
    const error = await writeFileAtomic(join(folder, 'a'), 'new', 0o600).catch((thrown: unknown) => thrown);
    expect(isPyraError(error, 'home/insecure')).to.equal(true);
    expect(existsSync(join(folder, 'nowhere'))).to.equal(false);
  });

  it('leaves no temporary file behind when the rename fails', async () => {
    mkdirSync(join(folder, 'a'));
    const error = await writeFileAtomic(join(folder, 'a'), 'new', 0o600).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error);
    expect(readdirSync(folder)).to.deep.equal(['a']);
  });
});

describe('sweepTemporaryFiles', () => {
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder();
  });

  afterEach(() => removeFolder(folder));

  it('removes old temporary files of dead processes and nothing else', async () => {
    const dead = '.config.yaml.4194399.0123456789ab.tmp';
    const own = `.config.yaml.${process.pid}.0123456789ab.tmp`;
    const fresh = '.config.yaml.4194399.ba9876543210.tmp';
    for (const name of [dead, own, fresh, 'note.tmp', '.hidden.tmp']) {
      writeFileSync(join(folder, name), '');
      if (name !== fresh) utimesSync(join(folder, name), 1, 1);
    }
    await sweepTemporaryFiles(folder);
    expect(readdirSync(folder).sort()).to.deep.equal(['.hidden.tmp', own, fresh, 'note.tmp'].sort());
  });

  it('does not mind a folder that is not there', async () => {
    await sweepTemporaryFiles(join(folder, 'nowhere'));
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});

import { closeSync, existsSync, openSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { tryFileLock, withFileLock } from '../../../../src/adapters/support/file-lock.js';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import { startProgram, untilPrinted } from '../../../support/child-program.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

describe('the file lock', () => {
  let folder: string;
  let lock: string;

  beforeEach(() => {
    folder = temporaryFolder();
    lock = join(folder, 'lock');
  });

  afterEach(() => removeFolder(folder));

  it('lets one in at a time within a process, in order, and lets go afterwards', async () => {
    const seen: string[] = [];
    const visit = (name: string): Promise<void> =>
      withFileLock(lock, async () => {
        seen.push(`${name} in`);
        await new Promise((resolve) => setTimeout(resolve, 2));
        seen.push(`${name} out`);
      });
    await Promise.all([visit('a'), visit('b'), visit('c')]);
    expect(seen).to.deep.equal(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
    expect(existsSync(lock)).to.equal(false);
  });

  it('lets go when the function fails, and passes the error on', async () => {
    const failure = new Error('no');
    const error = await withFileLock(lock, () => Promise.reject(failure)).catch((thrown: unknown) => thrown);
    expect(error).to.equal(failure);
    expect(await withFileLock(lock, async () => 'free')).to.equal('free');
  });

  it('loses no step of several processes', async function () {
    this.timeout(30_000);
    const file = join(folder, 'number');
    writeFileSync(file, '0');
    const ends = await Promise.all([1, 2, 3].map(() => startProgram('lock-process.js', ['count', lock, file, '40']).ended));
    expect(ends.map(({ code, stderr }) => [code, stderr])).to.deep.equal([0, 0, 0].map((code) => [code, '']));
    expect(readFileSync(file, 'utf8')).to.equal('120');
  });

  it('names the process that holds it when the wait is over, and takes over when that one was killed', async function () {
    this.timeout(30_000);
    const holder = startProgram('lock-process.js', ['hold', lock]);
    try {
      await untilPrinted(holder, 'held');
      const error = await withFileLock(lock, async () => 'in', 50).catch((thrown: unknown) => thrown);
      expect(isPyraError(error, 'home/locked')).to.equal(true);
      expect((error as Error).message).to.include(`process ${holder.process.pid}`);
    } finally {
      holder.process.kill('SIGKILL');
    }
    await holder.ended;
    expect(existsSync(lock)).to.equal(true);
    expect(await withFileLock(lock, async () => 'in')).to.equal('in');
  });

  it('takes over from an earlier process of the same number', function () {
    if (process.platform !== 'linux') this.skip();
    writeFileSync(lock, JSON.stringify({ pid: process.pid, start: 1, host: hostname(), nonce: 'x' }));
    expect(tryFileLock(lock).taken).to.equal(true);
  });

  it('takes over from before the last start of the machine', () => {
    writeFileSync(lock, JSON.stringify({ pid: process.pid, start: 0, host: hostname(), nonce: 'x' }));
    utimesSync(lock, 1, 1);
    expect(tryFileLock(lock).taken).to.equal(true);
  });

  it('never takes over from another machine', () => {
    writeFileSync(lock, JSON.stringify({ pid: 4_194_399, start: 1, host: 'elsewhere', nonce: 'x' }));
    expect(tryFileLock(lock)).to.deep.include({ taken: false });
  });

  it('takes over an empty lock file only when it is old', () => {
    closeSync(openSync(lock, 'w'));
    expect(tryFileLock(lock)).to.deep.equal({ taken: false, holder: undefined });
    utimesSync(lock, Date.now() / 1_000 - 5, Date.now() / 1_000 - 5);
    expect(tryFileLock(lock).taken).to.equal(true);
  });

  it('gets past the guard of a process that was killed while it cleared a lock', async () => {
    writeFileSync(lock, '');
    writeFileSync(`${lock}.guard`, '');
    for (const path of [lock, `${lock}.guard`]) utimesSync(path, Date.now() / 1_000 - 5, Date.now() / 1_000 - 5);
    expect(await withFileLock(lock, async () => 'in', 500)).to.equal('in');
  });

  it('lets go of nothing that another has taken since', () => {
    const first = tryFileLock(lock);
    writeFileSync(lock, JSON.stringify({ pid: process.pid, start: 0, host: hostname(), nonce: 'other' }));
    if (first.taken) first.release();
    expect(existsSync(lock)).to.equal(true);
  });
});

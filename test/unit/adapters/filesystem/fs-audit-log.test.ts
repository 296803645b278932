import { appendFileSync, chmodSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FsAuditLog } from '../../../../src/adapters/filesystem/fs-audit-log.js';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import { entryOf } from '../../../contract/audit-log.contract.js';
import { tamperWithLog } from '../../../support/audit-tampering.js';
import { startProgram } from '../../../support/child-program.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

describe('FsAuditLog', () => {
  let root: string;
  let path: string;
  let head: string;
  let log: FsAuditLog;
  const key = new Uint8Array(32).fill(7);
  const sealing = (): FsAuditLog => new FsAuditLog(root, { sealKey: async () => key });

  beforeEach(() => {
    root = temporaryFolder();
    path = join(root, 'security.log');
    head = join(root, 'logs', '.head');
    log = new FsAuditLog(root);
  });

  afterEach(() => removeFolder(root));

  const fill = async (count: number, into = log): Promise<void> => {
    for (let number = 0; number < count; number += 1) await into.append(entryOf(`e${number}`));
  };

  it('keeps its files at 0600 whatever the umask and the older mode', async () => {
    const mask = process.umask(0);
    await log.append(entryOf('a'));
    process.umask(mask);
    chmodSync(path, 0o644);
    await log.append(entryOf('b', 'tool_executions'));
    await log.append(entryOf('b'));
    expect(readdirSync(join(root, 'logs')).sort()).to.deep.equal(['.head', 'tool_executions.log']);
    for (const file of [path, head, join(root, 'logs', 'tool_executions.log')]) expect(statSync(file).mode & 0o777).to.equal(0o600);
  });

  it('refuses a symbolic link in place of a log', async () => {
    writeFileSync(join(root, 'target'), '');
    symlinkSync(join(root, 'target'), path);
    expect(isPyraError(await log.append(entryOf('a')).catch((thrown: unknown) => thrown), 'home/insecure')).to.equal(true);
    expect(readFileSync(join(root, 'target'), 'utf8')).to.equal('');
  });

  it('notices every changed byte, deleted, doubled, swapped and cut off line without any key, also after a further entry', async function () {
    this.timeout(60_000);
    const result = await tamperWithLog();
    expect(result.falseAlarms).to.deep.equal([]);
    expect(result.unnoticed).to.deep.equal([]);
    expect(result.tried).to.be.greaterThan(1_000);
  });

  it('lets the head lag by one append at most, and notices whatever is cut off once the next entry is there', async () => {
    const headAt = (): number => JSON.parse(readFileSync(head, 'utf8')).security.seq;
    await log.append(entryOf('a'));
    await log.append(entryOf('b'), { followed: true });
    expect(headAt()).to.equal(1);
    await log.append(entryOf('c'), { followed: true });
    expect(headAt()).to.equal(3);
    await log.append(entryOf('d'), { followed: true });
    await log.append(entryOf('e'));
    expect(headAt()).to.equal(5);
    const lines = readFileSync(path, 'utf8').split(/(?<=\n)/);
    writeFileSync(path, lines.slice(0, 3).join(''));
    expect((await log.verify('security')).faults).to.deep.equal(['entries 4 to 5 are missing at the end']);
    writeFileSync(path, lines.toSpliced(3, 1).join(''));
    expect((await log.verify('security')).faults).to.deep.equal(['entries 4 to 4 are missing before line 4']);
  });

  it('says what is wrong and where', async () => {
    await fill(5);
    const lines = readFileSync(path, 'utf8').split(/(?<=\n)/);
    writeFileSync(path, lines.with(1, (lines[1] as string).replace('e1', 'e7')).join(''));
    expect((await log.verify('security')).faults).to.deep.equal(['line 2 was changed: its hash does not fit']);
    writeFileSync(path, lines.toSpliced(1, 2).join(''));
    expect((await log.verify('security')).faults).to.deep.equal(['entries 2 to 3 are missing before line 2']);
    writeFileSync(path, lines.slice(0, 3).join(''));
    expect((await log.verify('security')).faults).to.deep.equal(['entries 4 to 5 are missing at the end']);
    rmSync(path);
    expect(await log.verify('security')).to.deep.include({ entries: 0, faults: ['entries 1 to 5 are missing at the end'] });
    writeFileSync(path, lines.join(''));
    writeFileSync(head, '{');
    expect((await log.verify('security')).faults)
      .to.have.length(1)
      .and.satisfy(([fault]: string[]) => fault?.includes('logs/.head'));
  });

  it('does not forgive a forged end when another entry is written', async () => {
    await fill(5);
    const lines = readFileSync(path, 'utf8').split(/(?<=\n)/);
    const forger = temporaryFolder();
    try {
      writeFileSync(join(forger, 'security.log'), lines.slice(0, 3).join(''));
      const forging = new FsAuditLog(forger);
      for (let number = 0; number < 3; number += 1) await forging.append(entryOf('forged'));
      writeFileSync(path, readFileSync(join(forger, 'security.log')));
    } finally {
      removeFolder(forger);
    }
    expect((await log.verify('security')).faults).not.to.deep.equal([]);
    await fill(3);
    expect((await log.verify('security')).faults).not.to.deep.equal([]);
  });

  it('takes a kill between the line and the head, and a half-written line, for what they are', async () => {
    await fill(3);
    const older = readFileSync(head);
    await log.append(entryOf('late'));
    writeFileSync(head, older);
    appendFileSync(path, '{"seq":5,"at":"20');
    expect(await log.verify('security')).to.deep.include({ entries: 4, faults: [] });
    await log.append(entryOf('next'));
    expect(await log.verify('security')).to.deep.include({ entries: 5, faults: [] });
    expect((await log.recent('security', 2)).map((entry) => [entry.seq, entry.event])).to.deep.equal([
      [4, 'late'],
      [5, 'next'],
    ]);
  });

  it('keeps one chain when two processes write', async function () {
    this.timeout(30_000);
    const ends = await Promise.all(['a', 'b'].map((name) => startProgram('log-process.js', [root, name, '25']).ended));
    expect(ends.map(({ code, stderr }) => [code, stderr])).to.deep.equal([0, 0].map((code) => [code, '']));
    expect(await log.verify('security')).to.deep.include({ entries: 50, faults: [] });
  });

  describe('with an open vault', () => {
    it('seals each entry', async () => {
      await fill(3, sealing());
      expect(await sealing().verify('security')).to.deep.equal({ log: 'security', entries: 3, sealedTo: 3, faults: [] });
      expect((await log.recent('security', 3)).map((entry) => entry.sealed)).to.deep.equal([true, true, true]);
    });

    it('seals what was written before with one entry', async () => {
      await fill(3);
      expect(await log.verify('security')).to.deep.include({ sealedTo: 0 });
      expect((await log.recent('security', 3)).map((entry) => entry.sealed)).to.deep.equal([false, false, false]);
      await fill(2, sealing());
      expect((await log.recent('security', 10)).map((entry) => entry.event)).to.deep.equal(['e0', 'e1', 'e2', 'seal', 'e0', 'e1']);
      expect(await log.verify('security')).to.deep.include({ entries: 6, sealedTo: 6 });
      await log.append(entryOf('later'));
      expect((await log.recent('security', 7)).map((entry) => entry.sealed)).to.deep.equal([true, true, true, true, true, true, false]);
      expect(await log.verify('security')).to.deep.include({ entries: 7, sealedTo: 6, faults: [] });
    });

    it('notices a log that was written anew as a whole by someone without the key', async () => {
      await fill(3, sealing());
      rmSync(path);
      rmSync(head);
      await fill(3, new FsAuditLog(root, { sealKey: async () => new Uint8Array(32).fill(8) }));
      expect((await sealing().verify('security')).faults).to.deep.equal([1, 2, 3].map((seq) => `entry ${seq} has a false seal`));
    });

    it('does not take the seal of the other log', async () => {
      await fill(1, sealing());
      await sealing().append(entryOf('e0', 'tool_executions'));
      writeFileSync(join(root, 'logs', 'tool_executions.log'), readFileSync(path));
      writeFileSync(
        head,
        JSON.stringify({ ...JSON.parse(readFileSync(head, 'utf8')), tool_executions: JSON.parse(readFileSync(head, 'utf8')).security }),
      );
      expect((await log.verify('tool_executions')).faults).to.deep.equal([]);
      expect((await sealing().verify('tool_executions')).faults).to.deep.equal(['entry 1 has a false seal']);
    });

    it('does without a seal when the vault cannot be read, or writes to the log itself while it gives the key', async () => {
      await new FsAuditLog(root, { sealKey: () => Promise.reject(new Error('locked')) }).append(entryOf('a'));
      const nested: FsAuditLog = new FsAuditLog(root, {
        sealKey: async () => {
          await nested.append(entryOf('vault-read'));
          return key;
        },
      });
      await nested.append(entryOf('b'));
      expect((await log.recent('security', 10)).map((entry) => entry.event)).to.deep.equal(['a', 'vault-read', 'seal', 'b']);
      expect(await sealing().verify('security')).to.deep.include({ sealedTo: 4, faults: [] });
    });
  });
});

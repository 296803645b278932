import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FsAuditLog } from '../../../src/adapters/filesystem/fs-audit-log.js';
import { FsConversationStore } from '../../../src/adapters/filesystem/fs-conversation-store.js';
import { PyraHome } from '../../../src/adapters/filesystem/pyra-home.js';
import { writeFileAtomic } from '../../../src/adapters/support/atomic-file.js';
import { homePaths } from '../../../src/adapters/support/home-paths.js';
import { isPyraError, type PyraError } from '../../../src/core/domain/errors.js';
import { DEFAULT_SETTINGS } from '../../../src/core/domain/settings.js';
import { CHANGED_SETTINGS } from '../../contract/settings-store.contract.js';
import { conversationOf, momentOf, userMessage } from '../../support/messages.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';
import { homeSettingsStore } from '../../support/yaml-settings-store.js';

describe('a home on a full disk', () => {
  const id = conversationOf('talk');
  let disk: string;
  let root: string;
  let mounted = false;

  before(function () {
    disk = temporaryFolder();
    root = join(disk, 'home');
    mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400k,mode=700', 'tmpfs', disk]).status === 0;
    // Only root may mount the small disk that this needs.
    if (!mounted) this.skip();
  });

  after(() => {
    if (mounted) spawnSync('umount', [disk]);
    removeFolder(disk);
  });

  const fill = (): void => {
    for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) {
      try {
        for (let number = 0; ; number += 1) writeFileSync(join(disk, `filler-${size}-${number}`), 'x'.repeat(size));
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).to.equal('ENOSPC');
      }
    }
  };
  const free = (): void => {
    for (const name of readdirSync(disk)) if (name.startsWith('filler')) rmSync(join(disk, name));
  };
  const refusal = async (run: Promise<unknown>): Promise<void> => {
    const error = await run.catch((thrown: unknown) => thrown);
    expect(isPyraError(error, 'home/unwritable'), String(error)).to.equal(true);
    expect((error as PyraError).message).to.include('the disk is full');
    expect((error as PyraError).hint).to.include('free some space');
  };

  it('says so, keeps what was there, leaves nothing half-written, and goes on once there is space', async () => {
    const paths = homePaths(root);
    await new PyraHome(root).prepare();
    const conversations = new FsConversationStore(paths.conversations);
    const log = new FsAuditLog(root);
    const value = join(paths.state, 'value');
    await conversations.append(id, [userMessage('kept')]);
    await log.append({ log: 'security', event: 'kept', at: momentOf(0), detail: {} });
    await homeSettingsStore(root).save(CHANGED_SETTINGS);
    await writeFileAtomic(value, 'kept', 0o600);
    const names = (): readonly string[] => (readdirSync(root, { recursive: true }) as string[]).sort();
    const before = names();

    fill();
    await refusal(conversations.append(id, [userMessage('x'.repeat(100_000))]));
    await refusal(conversations.append(conversationOf('new'), [userMessage('x'.repeat(100_000))]));
    await refusal(log.append({ log: 'security', event: 'x', at: momentOf(1), detail: { text: 'x'.repeat(100_000) } }));
    await refusal(homeSettingsStore(root).save(DEFAULT_SETTINGS));
    await refusal(writeFileAtomic(value, 'x'.repeat(100_000), 0o600));

    expect((await conversations.load(id))?.messages).to.deep.equal([userMessage('kept')]);
    expect(await log.verify('security')).to.deep.include({ entries: 1, faults: [] });
    expect(await homeSettingsStore(root).load()).to.deep.equal(CHANGED_SETTINGS);
    expect(readFileSync(value, 'utf8')).to.equal('kept');
    expect((await conversations.headings()).map((heading) => heading.id)).to.deep.equal([id]);
    expect(names().filter((name) => !/settings\.json$|\.index\.json$/.test(name))).to.deep.equal(before);

    free();
    await conversations.append(id, [userMessage('later')]);
    await log.append({ log: 'security', event: 'later', at: momentOf(2), detail: {} });
    expect((await conversations.load(id))?.messages).to.have.length(2);
    expect(await log.verify('security')).to.deep.include({ entries: 2, faults: [] });
  });

  it('cannot be made on a disk that is full, and says so', async () => {
    free();
    removeFolder(root);
    fill();
    mkdirSync(join(disk, 'x'), { recursive: true });
    const error = await new PyraHome(join(disk, 'other')).prepare().catch((thrown: unknown) => thrown);
    // Folders need no block on some file systems: then only the sentinel does.
    expect(isPyraError(error, 'home/unwritable'), String(error)).to.equal(true);
    free();
  });
});

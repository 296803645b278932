import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { AgeVault } from '../../../src/adapters/age/age-vault.js';
import { FsAuditLog } from '../../../src/adapters/filesystem/fs-audit-log.js';
import { FsConversationStore } from '../../../src/adapters/filesystem/fs-conversation-store.js';
import { homePaths } from '../../../src/adapters/support/home-paths.js';
import { isPyraError } from '../../../src/core/domain/errors.js';
import type { SecretName } from '../../../src/core/domain/identifiers.js';
import { Secret } from '../../../src/core/domain/secret.js';
import { conversationOf } from '../../support/messages.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';
import { homeSettingsStore } from '../../support/yaml-settings-store.js';

describe('a pipe in place of a state file', () => {
  let root: string;

  beforeEach(() => {
    root = temporaryFolder();
  });
  afterEach(() => removeFolder(root));

  const plant = (path: string): void => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    rmSync(path, { force: true });
    expect(spawnSync('mkfifo', ['-m', '600', path]).status).to.equal(0);
  };
  const thrown = (run: Promise<unknown>): Promise<unknown> => run.catch((error: unknown) => error);

  it('is no config.yaml', async () => {
    plant(homePaths(root).config);
    const error = await thrown(homeSettingsStore(root).load());
    expect(isPyraError(error, 'settings/invalid'), String(error)).to.equal(true);
    expect(String(error)).to.include('is not a file');
  });

  it('is no secret', async () => {
    const vault = new AgeVault({ root: join(root, 'vault'), workFactor: 10 });
    await vault.create(new Secret('a passphrase of the test'));
    plant(join(root, 'vault', 'secrets', 'a.age'));
    expect(String(await thrown(vault.get('a' as SecretName)))).to.include('is not a plain file');
  });

  it('holds neither a conversation nor a log up', async () => {
    const paths = homePaths(root);
    plant(join(paths.conversations, 'talk.jsonl'));
    plant(paths.securityLog);
    expect(await new FsConversationStore(paths.conversations).load(conversationOf('talk'))).to.equal(undefined);
    expect(await new FsAuditLog(root).recent('security', 1)).to.deep.equal([]);
  });
});

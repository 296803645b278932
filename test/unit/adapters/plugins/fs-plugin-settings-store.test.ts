import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FsPluginSettingsStore } from '../../../../src/adapters/plugins/fs-plugin-settings-store.js';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import { MAIN_ACCOUNT, type PluginName } from '../../../../src/core/domain/plugin-manifest.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const mail = 'mail' as PluginName;
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

describe('files that answer questions, on disk', () => {
  let root: string;
  let store: FsPluginSettingsStore;

  beforeEach(() => {
    root = temporaryFolder();
    mkdirSync(join(root, 'plugins', 'mail'), { recursive: true });
    store = new FsPluginSettingsStore(join(root, 'plugins'), join(root, 'state'));
  });
  afterEach(() => removeFolder(root));

  const file = (name: string, content: string): string => {
    writeFileSync(join(root, name), content);
    return join(root, name);
  };
  const kept = (): readonly string[] => readdirSync(join(root, 'plugins', 'mail', 'data')).sort();

  it('takes for a trusted certificate only what holds one', async () => {
    const failure = await store.keepFile(mail, MAIN_ACCOUNT, 'ca', file('pass.txt', 'a password')).catch((error: unknown) => error);
    expect(isPyraError(failure, 'not-found') && failure.message).to.include('there is no certificate in pass.txt');
    expect(await store.keepFile(mail, MAIN_ACCOUNT, 'ca', file('root.pem', PEM))).to.equal('main.ca.pem');
    expect(kept()).to.deep.equal(['main.ca.pem']);
  });

  it('leaves none behind that was kept before under another ending, and those of others alone', async () => {
    await store.keepFile(mail, 'work' as never, 'ca', file('work.pem', PEM));
    await store.keepFile(mail, MAIN_ACCOUNT, 'ca', file('root', PEM));
    await store.keepFile(mail, MAIN_ACCOUNT, 'ca', file('root.CRT', PEM));
    await store.keepFile(mail, MAIN_ACCOUNT, 'cat', file('cat.png', 'meow'));
    expect(await store.keepFile(mail, MAIN_ACCOUNT, 'ca', file('root.pem', PEM))).to.equal('main.ca.pem');
    expect(kept()).to.deep.equal(['main.ca.pem', 'main.cat.png', 'work.ca.pem']);
  });

  it('removes the files of an account with it, and no others', async () => {
    const work = 'work' as never;
    await store.saveAccount(mail, work, { ca: await store.keepFile(mail, work, 'ca', file('work.pem', PEM)), note: 'main.ca.pem' });
    await store.saveAccount(mail, MAIN_ACCOUNT, { ca: await store.keepFile(mail, MAIN_ACCOUNT, 'ca', file('root.pem', PEM)) });
    writeFileSync(join(root, 'plugins', 'mail', 'data', 'work.cache.json'), '{}');
    expect(await store.forgetAccount(mail, work)).to.equal(true);
    expect(kept()).to.deep.equal(['main.ca.pem', 'work.cache.json']);
  });
});

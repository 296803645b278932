import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readPassphraseFile, readSecretFile } from '../../../../src/adapters/support/passphrase-file.js';
import { refusal } from '../../../contract/vault.contract.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

describe('the passphrase file', () => {
  let folder = '';
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => removeFolder(folder));

  const fileOf = (content: string | Uint8Array, mode = 0o600): string => {
    const path = join(folder, 'passphrase');
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  };

  for (const [content, value] of [
    ['word', 'word'],
    ['word\n', 'word'],
    ['word\r\n', 'word'],
    ['word\n\n', 'word\n'],
    [' word ', ' word '],
    ['\ufeffword', '\ufeffword'],
    ['pässwörd ☃\n', 'pässwörd ☃'],
  ] as const) {
    it(`reads ${JSON.stringify(content)}: one trailing line break is dropped, nothing else`, async () => {
      expect((await readPassphraseFile(fileOf(content))).reveal()).to.equal(value);
    });
  }

  it('takes modes 0600 and 0400, and no other that lets anybody else read', async () => {
    for (const mode of [0o600, 0o400, 0o700]) expect((await readPassphraseFile(fileOf('the word', mode))).reveal()).to.equal('the word');
    for (const mode of [0o640, 0o604, 0o644, 0o660, 0o620, 0o601]) {
      const shown = await refusal('home/insecure', () => readPassphraseFile(fileOf('the canary', mode)));
      expect(shown).to.include('chmod 600').and.not.include('the canary');
    }
  });

  it('refuses what is not there, empty, not text, too long, or a folder', async () => {
    await refusal('usage', () => readPassphraseFile(join(folder, 'nothing')));
    const missing = await readPassphraseFile(join(folder, 'nothing')).catch((error: unknown) => error);
    expect(missing).to.have.property('message').that.includes('there is no such file').and.not.includes('ENOENT');
    for (const content of ['', '\n', Buffer.from([0xff, 0xfe, 0x41]), 'x'.repeat(5_000)]) {
      await refusal('usage', () => readPassphraseFile(fileOf(content)));
    }
    mkdirSync(join(folder, 'folder'), { mode: 0o700 });
    await refusal('usage', () => readPassphraseFile(join(folder, 'folder')));
  });

  it('reads a named pipe, as a password manager gives it', async function () {
    const path = join(folder, 'pipe');
    if (spawnSync('mkfifo', ['-m', '600', path]).status !== 0) this.skip();
    const [passphrase] = await Promise.all([
      readPassphraseFile(path),
      import('node:fs/promises').then(({ writeFile }) => writeFile(path, 'from a pipe\n')),
    ]);
    expect(passphrase.reveal()).to.equal('from a pipe');
  });

  it('is less strict about a file with a value', async () => {
    const rules = { what: 'the file', maxBytes: 100, strict: false };
    expect((await readSecretFile(fileOf('a key\n', 0o644), rules)).reveal()).to.equal('a key');
  });
});

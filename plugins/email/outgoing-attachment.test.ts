import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ToolFailure } from 'pyra/plugin';
import { loadAttachments } from './outgoing-attachment.js';

describe('the files that go with a message', () => {
  let folder = '';
  let data = '';

  beforeEach(() => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'pyra-email-'));
    data = join(folder, 'data');
    mkdirSync(join(data, 'attachments'), { recursive: true });
    writeFileSync(join(data, 'attachments', 'Änderung.txt'), 'text');
    writeFileSync(join(folder, 'secret.txt'), 'secret');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const refused = async (name: string): Promise<string> => {
    const thrown = await loadAttachments([name], data).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(thrown).to.be.instanceOf(ToolFailure);
    return (thrown as Error).message;
  };

  it('are read from the data folder, by their name there', async () => {
    const [loaded] = await loadAttachments(['attachments/Änderung.txt'], data);
    expect(loaded).to.deep.include({ name: 'Änderung.txt', sha256: '982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1' });
    expect(loaded?.content.toString()).to.equal('text');
  });

  for (const name of ['../secret.txt', '/etc/passwd', 'attachments/../../secret.txt', '.', '', 'attachments/.hidden', 'a\\b', 'a\nb']) {
    it(`are not ${JSON.stringify(name)}`, async () => {
      expect(await refused(name)).to.match(/cannot be attached/);
    });
  }

  it('are not links, nor behind links, nor folders, nor missing', async () => {
    symlinkSync(join(folder, 'secret.txt'), join(data, 'link.txt'));
    symlinkSync(folder, join(data, 'away'));
    expect(await refused('link.txt')).to.match(/is a link/);
    expect(await refused('away/secret.txt')).to.match(/is a link/);
    expect(await refused('attachments')).to.match(/is not a file/);
    expect(await refused('none.txt')).to.match(/there is no file/);
  });

  it('are not too large together', async () => {
    for (const name of ['a', 'b']) {
      writeFileSync(join(data, name), '');
      truncateSync(join(data, name), 10 * 1024 * 1024);
    }
    expect(await loadAttachments(['a'], data)).to.have.length(1);
    const thrown = await loadAttachments(['a', 'b'], data).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(String(thrown)).to.match(/more than 18 MB together/);
  });
});

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { KeptVersions } from './kept-versions.js';

describe('kept versions', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pyra-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const entry = (text: string, path = '/a.ics') => ({ account: 'main', path, change: 'update', text });

  it('come back the newest first, each entry by itself', async () => {
    const versions = new KeptVersions(folder);
    for (const text of ['one', 'two', 'three']) await versions.keep(entry(text));
    await versions.keep(entry('other', '/b.ics'));
    expect((await versions.of('main', '/a.ics')).map(({ text }) => text)).to.deep.equal(['three', 'two', 'one']);
    expect((await versions.of('main', '/b.ics')).map(({ text }) => text)).to.deep.equal(['other']);
    expect(await versions.of('work', '/a.ics')).to.deep.equal([]);
  });

  it('are at most twenty of an entry, the oldest go', async () => {
    const versions = new KeptVersions(folder);
    for (let index = 0; index < 25; index += 1) await versions.keep(entry(String(index)));
    const kept = await versions.of('main', '/a.ics');
    expect(kept.map(({ text }) => text)).to.deep.equal(Array.from({ length: 20 }, (_, index) => String(24 - index)));
    expect(new Set(kept.map(({ version }) => version)).size).to.equal(20);
  });

  it('are for the eyes of the person alone, and nothing half-written stays', async () => {
    await new KeptVersions(folder).keep(entry('one'));
    const files = readdirSync(folder, { recursive: true, withFileTypes: true });
    for (const file of files) {
      const mode = statSync(join(file.parentPath, file.name)).mode & 0o777;
      expect(mode, file.name).to.equal(file.isDirectory() ? 0o700 : 0o600);
      expect(file.name).not.to.match(/\.new$/);
    }
  });
});

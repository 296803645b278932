import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { FsMemoryStore } from '../../../../src/adapters/filesystem/fs-memory-store.js';
import { type ErrorCode, isPyraError } from '../../../../src/core/domain/errors.js';
import type { Finding } from '../../../../src/core/domain/finding.js';
import { instantOf, type NoteId } from '../../../../src/core/domain/identifiers.js';
import type { MemoryNote } from '../../../../src/core/domain/memory-note.js';
import { noteOf } from '../../../contract/memory-store.contract.js';

describe('FsMemoryStore', () => {
  let home: string;
  let memory: string;
  let reported: Finding[];
  let stores: FsMemoryStore[];
  let store: FsMemoryStore;

  const open = (): FsMemoryStore => {
    const opened = new FsMemoryStore({
      memory,
      state: join(home, 'state'),
      suspicious: (text) => text.includes('EVIL'),
      report: (finding) => reported.push(finding),
      freshMs: 0,
    });
    stores.push(opened);
    return opened;
  };

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'pyra-memory-'));
    memory = join(home, 'memory');
    mkdirSync(memory, { mode: 0o700 });
    reported = [];
    stores = [];
    store = open();
  });

  afterEach(async () => {
    for (const opened of stores) await opened.close();
    await rm(home, { recursive: true, force: true });
  });

  const put = (path: string, text: string | Buffer): void => {
    mkdirSync(dirname(join(memory, path)), { recursive: true });
    writeFileSync(join(memory, path), text, { mode: 0o600 });
  };
  const ids = async (from = store, quick = false): Promise<readonly string[]> => (await from.headings({ quick })).map(({ id }) => id);
  const found = async (query: string, from = store): Promise<readonly string[]> =>
    (await from.search(query, 10)).map((hit) => hit.heading.id);
  const read = (id: string): Promise<MemoryNote | undefined> => store.read(id as NoteId);
  const codeOf = async (attempt: Promise<unknown>): Promise<ErrorCode | 'none'> => {
    try {
      await attempt;
      return 'none';
    } catch (error) {
      return isPyraError(error) ? error.code : 'none';
    }
  };

  describe('with notes written by hand', () => {
    it('sees a new, an edited, a replaced, a renamed and a removed note at once', async () => {
      put('a.md', '# One\n\nbadger\n');
      expect(await found('badger')).to.deep.equal(['a.md']);
      for (let round = 0; round < 5; round += 1) {
        put('a.md', `# One\n\nheron ${round}\n`);
        expect(await found('heron'), 'edited in place').to.deep.equal(['a.md']);
        put('a.md', `# One\n\nfalke ${round}\n`);
        expect(await found('heron'), 'edited in place, same size').to.deep.equal([]);
      }
      put('.a.md.swap', 'otter\n');
      renameSync(join(memory, '.a.md.swap'), join(memory, 'a.md'));
      expect(await found('otter')).to.deep.equal(['a.md']);
      mkdirSync(join(memory, 'deep/er'), { recursive: true });
      renameSync(join(memory, 'a.md'), join(memory, 'deep/er/b.md'));
      expect(await found('otter')).to.deep.equal(['deep/er/b.md']);
      rmSync(join(memory, 'deep'), { recursive: true });
      expect(await found('otter')).to.deep.equal([]);
      expect(await ids()).to.deep.equal([]);
    });

    it('sees new, replaced and removed notes even where it may not look at every file', async () => {
      put('a/b.md', 'one\n');
      expect(await ids(store, true)).to.deep.equal(['a/b.md']);
      put('a/c.md', 'two\n');
      put('d/e/f.md', 'three\n');
      rmSync(join(memory, 'a/b.md'));
      expect(await ids(store, true)).to.deep.equal(['a/c.md', 'd/e/f.md']);
      rmSync(join(memory, 'd'), { recursive: true });
      expect(await ids(store, true)).to.deep.equal(['a/c.md']);
      put('a/.c.swap', '# Title\n');
      renameSync(join(memory, 'a/.c.swap'), join(memory, 'a/c.md'));
      expect((await store.headings({ quick: true }))[0]?.title).to.equal('Title');
    });

    it('looks at every file soon after a quick answer', async () => {
      put('a.md', '# Old title\n');
      await store.headings({ quick: true });
      await store.close();
      appendFileSync(join(memory, 'a.md'), '# x\n');
      put('a.md', '# New title\n');
      const again = open();
      await again.headings({ quick: true });
      await new Promise((resolve) => setTimeout(resolve, 1_300));
      expect((await again.headings({ quick: true }))[0]?.title).to.equal('New title');
    });

    it('takes dates from the file, and an edit by hand for the newer date', async () => {
      put('a.md', 'x\n');
      const day = new Date('2026-02-03T04:05:06.000Z');
      utimesSync(join(memory, 'a.md'), day, day);
      expect(await read('a.md')).to.include({ updated: day.toISOString() });
      await store.write(noteOf('b.md', 'x\n'));
      expect(await read('b.md')).to.include({ updated: noteOf('b.md', '').updated });
      appendFileSync(join(memory, 'b.md'), 'more\n');
      const edited = await read('b.md');
      expect(Date.now() - Date.parse(edited?.updated ?? '')).to.be.lessThan(10_000);
      expect(edited?.created).to.equal(noteOf('b.md', '').created);
    });

    it('counts them as own, unless they look like an injection', async () => {
      put('good.md', 'I like tea.\n');
      put('bad.md', '---\ntitle: EVIL\n---\nhello\n');
      put('marked.md', '---\nprovenance: own\n---\nEVIL\n');
      const kinds = (await store.headings()).map(({ id, provenance }) => `${id} ${provenance.kind}`);
      expect(kinds).to.deep.equal(['bad.md external', 'good.md own', 'marked.md own']);
      expect((await read('bad.md'))?.provenance.kind).to.equal('external');
    });

    it('keeps their front matter when it changes them', async () => {
      put('a.md', '---\n# mine\naliases: [x, y]\n---\n\nold\n');
      const note = (await read('a.md')) as MemoryNote;
      await store.write({ ...note, text: 'new\n' });
      expect(readFileSync(join(memory, 'a.md'), 'utf8')).to.match(
        /^---\nprovenance: own\ncreated: .*\nupdated: .*\n# mine\naliases: \[x, y\]\n---\n\nnew\n$/,
      );
    });

    it('finds a note whose file name is in another Unicode form, and changes that file', async () => {
      put('u\u0308ber.md', 'badger\n');
      expect(await found('badger')).to.deep.equal(['über.md']);
      const note = (await read('über.md')) as MemoryNote;
      await store.write({ ...note, text: 'heron\n' });
      expect(readdirSync(memory).filter((name) => name.endsWith('ber.md'))).to.deep.equal(['u\u0308ber.md']);
      expect(await store.delete('über.md' as NoteId)).to.equal(true);
      expect(existsSync(join(memory, 'u\u0308ber.md'))).to.equal(false);
    });
  });

  it('sees an edit by hand at once in a process that has looked before', async () => {
    const patient = new FsMemoryStore({ memory, state: join(home, 'state'), suspicious: () => false });
    stores.push(patient);
    put('deep/a.md', 'badger\n');
    for (let look = 0; look < 2; look += 1) {
      await found('badger', patient);
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
    await found('badger', patient);
    for (let round = 0; round < 5; round += 1) {
      put('deep/a.md', `heron${round}\n`);
      expect(await found(`heron${round}`, patient), String(round)).to.deep.equal(['deep/a.md']);
    }
  });

  describe('with files that cannot be notes', () => {
    const labels = async (): Promise<readonly string[]> => (await store.inspect()).map(({ label }) => label);

    it('passes over what is not UTF-8, says so, and never overwrites it unasked', async () => {
      put('latin.md', Buffer.from([0x47, 0x72, 0xfc, 0xdf, 0x65]));
      put('binary.md', 'a\0b');
      put('good.md', 'x\n');
      expect(await ids()).to.deep.equal(['good.md']);
      expect(await labels()).to.deep.equal(['note-not-utf8', 'note-not-utf8']);
      expect(await codeOf(read('latin.md'))).to.equal('memory/unreadable');
      expect(await codeOf(store.write(noteOf('latin.md', 'x'), null))).to.equal('memory/unreadable');
      expect(statSync(join(memory, 'latin.md')).size).to.equal(5);
      put('latin.md', 'Grüße');
      expect(await ids()).to.deep.equal(['good.md', 'latin.md']);
    });

    it('passes over a file of 10 MB without reading it', async () => {
      put('huge.md', Buffer.alloc(10_000_000, 'x'));
      expect(await ids()).to.deep.equal([]);
      expect(await labels()).to.deep.equal(['note-too-large']);
      expect(await codeOf(read('huge.md'))).to.equal('memory/unreadable');
      rmSync(join(memory, 'huge.md'));
      expect(await labels()).to.deep.equal([]);
    });

    it('passes over symbolic links to files, to folders and to nowhere, and reports each once', async () => {
      writeFileSync(join(home, 'config.yaml'), 'provider: secret-provider\n');
      mkdirSync(join(home, 'vault'));
      writeFileSync(join(home, 'vault/inside.md'), 'vaulted\n');
      put('real.md', 'x\n');
      symlinkSync(join(home, 'config.yaml'), join(memory, 'config.md'));
      symlinkSync(join(home, 'vault'), join(memory, 'vault'));
      symlinkSync('nowhere', join(memory, 'dangling.md'));
      symlinkSync('real.md', join(memory, 'alias.md'));
      for (let round = 0; round < 2; round += 1) expect(await ids()).to.deep.equal(['real.md']);
      expect(await found('provider vaulted')).to.deep.equal([]);
      expect(reported.map(({ label }) => label)).to.deep.equal(Array(4).fill('note-is-a-link'));
      expect(reported.map(({ message }) => message).join())
        .to.contain('memory/alias.md')
        .and.not.contain('secret-provider');
      for (const id of ['config.md', 'vault/inside.md', 'vault/new.md', 'alias.md', 'dangling.md']) {
        for (const attempt of [() => read(id), () => store.write(noteOf(id, 'x')), () => store.delete(id as NoteId)]) {
          expect(await codeOf(attempt()), id).to.equal('memory/invalid-id');
        }
      }
      expect(readFileSync(join(home, 'config.yaml'), 'utf8')).to.contain('secret-provider');
      expect(readdirSync(join(home, 'vault'))).to.deep.equal(['inside.md']);
    });

    it('is not held up by a named pipe, a folder called like a note, or a file that it may not open', async () => {
      execFileSync('mkfifo', [join(memory, 'pipe.md')]);
      mkdirSync(join(memory, 'folder.md'));
      put('folder.md/inner.md', 'x\n');
      expect(await ids()).to.deep.equal(['folder.md/inner.md']);
      expect(await labels()).to.deep.equal(['note-not-a-file']);
      expect(await codeOf(read('pipe.md'))).to.equal('memory/unreadable');
      expect(await codeOf(read('folder.md'))).to.equal('memory/unreadable');
    });

    it('reports names that no note may have without their control characters, and passes over hidden and other files in silence', async () => {
      put('bad\u001b[31m.md', 'x');
      put('.hidden.md', 'x');
      put('.git/config.md', 'x');
      put('picture.png', 'x');
      expect(await ids()).to.deep.equal([]);
      expect(reported).to.have.length(1);
      expect(reported[0]?.message).to.equal('memory/bad\\u{1b}[31m.md is passed over: the name has control or invisible characters in it');
    });

    it('answers undefined for a note that vanished, and leaves it out of a search', async () => {
      put('a.md', 'badger\n');
      put('b.md', 'badger\n');
      await ids();
      rmSync(join(memory, 'a.md'));
      expect(await read('a.md')).to.equal(undefined);
      expect(await found('badger')).to.deep.equal(['b.md']);
    });
  });

  describe('on disk', () => {
    it('keeps files at 0600 and folders at 0700, whatever the umask and the mode before', async () => {
      const before = process.umask(0);
      try {
        put('old.md', 'x\n');
        chmodSync(join(memory, 'old.md'), 0o644);
        await store.write(noteOf('old.md', 'y\n'));
        process.umask(0o022);
        await store.write(noteOf('deep/er/new.md', 'y\n'));
      } finally {
        process.umask(before);
      }
      const modes = [memory, join(home, 'state')].flatMap((folder) =>
        readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
          const mode = (lstatSync(join(entry.parentPath, entry.name)).mode & 0o777).toString(8);
          return `${entry.isDirectory() ? 'folder' : 'file'} ${mode}`;
        }),
      );
      expect(new Set(modes)).to.deep.equal(new Set(['folder 700', 'file 600']));
    });

    it('narrows the mode of a note that others could read, and says so', async () => {
      put('open.md', 'x\n');
      chmodSync(join(memory, 'open.md'), 0o644);
      await ids();
      expect(statSync(join(memory, 'open.md')).mode & 0o777).to.equal(0o600);
      expect(reported).to.deep.equal([{ label: 'mode-repaired', category: 'home', message: 'memory/open.md had mode 644; it is 600 now' }]);
      for (const name of ['a', 'b', 'c']) {
        put(`${name}.md`, 'x\n');
        chmodSync(join(memory, `${name}.md`), 0o644);
      }
      await ids();
      expect(reported.at(-1)?.message).to.match(/; the same for 2 more notes$/);
      expect(reported).to.have.length(2);
    });

    it('renews MEMORY_INDEX.md on every write, and names external notes by source only', async () => {
      const index = (): string => readFileSync(join(memory, 'MEMORY_INDEX.md'), 'utf8');
      await store.write(noteOf('user/profile.md', '# Me [x]\n', { tags: ['self'] }));
      await store.write(noteOf('mail.md', '# FOREIGN\n', { provenance: { kind: 'external', source: 'mail from eve' }, tags: ['FOREIGN'] }));
      expect(index()).to.equal(
        '# Memory index\n\nMade by Pyra from the notes: what is changed here is lost.\n\n' +
          '## memory\n\n- [mail.md](<mail.md>) (text from mail from eve), 2026-01-03\n\n' +
          '## user\n\n- [Me \\[x\\]](<user/profile.md>) (self), 2026-01-03\n',
      );
      await store.delete('mail.md' as NoteId);
      expect(index()).to.not.contain('mail.md');
      put('hand.md', '# By hand\n');
      await ids();
      expect(index()).to.contain('By hand');
      expect(await ids()).to.deep.equal(['hand.md', 'user/profile.md']);
    });

    it('stores a note even if MEMORY_INDEX.md cannot be written, and says so', async () => {
      symlinkSync(join(home, 'target'), join(memory, 'MEMORY_INDEX.md'));
      expect(await store.write(noteOf('a.md', 'x\n'))).to.equal(true);
      expect(existsSync(join(home, 'target'))).to.equal(false);
      expect(reported.map(({ label }) => label)).to.include('memory-index-not-written');
    });

    it('removes what a killed writer left behind, once it is old', async () => {
      put('.a.md.4194304.0123456789ab.tmp', 'half');
      put('.b.md.4194304.0123456789ab.tmp', 'half');
      const old = new Date(Date.now() - 3_600_000);
      utimesSync(join(memory, '.a.md.4194304.0123456789ab.tmp'), old, old);
      expect(await ids()).to.deep.equal([]);
      expect(readdirSync(memory)).to.deep.equal(['.b.md.4194304.0123456789ab.tmp']);
    });
  });

  describe('with its index', () => {
    const database = (): string => join(home, 'state/memory-index.sqlite');

    beforeEach(async () => {
      await store.write(noteOf('a.md', '# Title\n\nbadger\n'));
      await store.close();
    });

    for (const [what, damage] of [
      ['deleted', () => rmSync(database())],
      ['empty', () => writeFileSync(database(), '')],
      ['no database', () => writeFileSync(database(), 'garbage '.repeat(1_000))],
      ['cut short', () => writeFileSync(database(), readFileSync(database()).subarray(0, 9_000))],
      ['damaged inside', () => writeFileSync(database(), damaged(readFileSync(database())))],
      ['a folder', () => replaceByFolder(database())],
      ['of another version', () => execFileSync(process.execPath, ['-e', SET_VERSION, database()])],
    ] as const) {
      it(`makes it anew when it is ${what}`, async () => {
        damage();
        const again = open();
        expect(await ids(again, true)).to.deep.equal(['a.md']);
        expect(await found('badger', again)).to.deep.equal(['a.md']);
        await again.write(noteOf('b.md', 'heron\n'));
        expect(await found('heron', again)).to.deep.equal(['b.md']);
        await again.close();
        const third = open();
        expect(await ids(third, true)).to.deep.equal(['a.md', 'b.md']);
      });
    }

    it('works without one when the disk does not take it', async () => {
      rmSync(join(home, 'state'), { recursive: true });
      writeFileSync(join(home, 'state'), 'a file where the folder should be');
      const again = open();
      expect(await ids(again)).to.deep.equal(['a.md']);
      expect(await found('badger', again)).to.deep.equal(['a.md']);
    });

    it('is the same after any changes as one made anew', async () => {
      const again = open();
      for (let step = 0; step < 60; step += 1) {
        const id = `n${(step * 7) % 11}.md`;
        if (step % 5 === 4) await again.delete(id as NoteId);
        else if (step % 3 === 0) put(id, `# T${step}\n\nby hand ${step}\n`);
        else await again.write(noteOf(id, `# T${step}\n\nwritten ${step}\n`, { updated: instantOf(Date.now()) }));
        if (step % 4 === 0) await ids(again);
      }
      const headings = await again.headings();
      const hits = await again.search('written hand', 50);
      await again.close();
      rmSync(database());
      const anew = open();
      expect(await anew.headings()).to.deep.equal(headings);
      expect((await anew.search('written hand', 50)).map((hit) => hit.heading.id).sort()).to.deep.equal(
        hits.map((hit) => hit.heading.id).sort(),
      );
    });
  });

  it('shares a home with another process', async () => {
    const other = open();
    await store.write(noteOf('a.md', 'badger\n'));
    expect(await found('badger', other)).to.deep.equal(['a.md']);
    await Promise.all([1, 2, 3, 4, 5].flatMap((n) => [store.write(noteOf(`s${n}.md`, 'x')), other.write(noteOf(`o${n}.md`, 'x'))]));
    expect(await ids()).to.deep.equal(await ids(other));
    expect(await ids()).to.have.length(11);
    await other.delete('a.md' as NoteId);
    expect(await found('badger')).to.deep.equal([]);
  });
});

const SET_VERSION = `
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  new DatabaseSync(process.argv[1]).exec('PRAGMA user_version = 99');
`;

function replaceByFolder(path: string): void {
  rmSync(path);
  mkdirSync(path);
}

/** Overwrites every page but the first. */
function damaged(bytes: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, 4_096), Buffer.alloc(bytes.length - 4_096, 0xa5)]);
}

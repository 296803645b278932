import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FsConversationStore } from '../../../../src/adapters/filesystem/fs-conversation-store.js';
import { isPyraError, type PyraError } from '../../../../src/core/domain/errors.js';
import { startProgram, untilPrinted } from '../../../support/child-program.js';
import { assistantMessage, conversationOf, oneOfEach, userMessage } from '../../../support/messages.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

describe('FsConversationStore', () => {
  const id = conversationOf('talk');
  let folder: string;
  let path: string;
  let store: FsConversationStore;

  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'talk.jsonl');
    store = new FsConversationStore(folder);
  });

  afterEach(() => removeFolder(folder));

  const texts = async (): Promise<readonly string[]> =>
    ((await store.load(id))?.messages ?? []).map((message) => ('text' in message ? message.text : message.result.text));
  const loadError = async (): Promise<unknown> => store.load(id).catch((thrown: unknown) => thrown);

  it('keeps one line per append in a file of mode 0600, and no lock beside it', async () => {
    const mask = process.umask(0);
    await store.append(id, [userMessage('one')]);
    await store.append(id, oneOfEach());
    process.umask(mask);
    expect(readFileSync(path, 'utf8').split('\n')).to.have.length(3);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(readdirSync(folder)).to.deep.equal(['talk.jsonl']);
  });

  it('narrows the mode of an existing 0644 file', async () => {
    writeFileSync(path, '');
    chmodSync(path, 0o644);
    await store.append(id, [userMessage('one')]);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
  });

  it('recovers from a last line that was torn at any byte, and repairs it at the next append', async () => {
    await store.append(id, [userMessage('one')]);
    const whole = statSync(path).size;
    await store.append(id, [userMessage('zwei ü'), assistantMessage('two')]);
    const full = readFileSync(path);
    for (let size = whole; size < full.length; size += 1) {
      writeFileSync(path, full.subarray(0, size));
      // Only the line feed is missing: everything that was said is there.
      const kept = size === full.length - 1 ? ['one', 'zwei ü', 'two'] : ['one'];
      expect(await texts(), `cut at ${size}`).to.deep.equal(kept);
      if (size % 7 !== 0 && size !== full.length - 1) continue;
      await store.append(id, [userMessage('next')]);
      expect(await texts(), `appended after a cut at ${size}`).to.deep.equal([...kept, 'next']);
    }
  });

  it('recovers from zeros that a power cut left at the end', async () => {
    await store.append(id, [userMessage('one')]);
    appendFileSync(path, Buffer.alloc(5_000));
    expect(await texts()).to.deep.equal(['one']);
    await store.append(id, [userMessage('two')]);
    expect(await texts()).to.deep.equal(['one', 'two']);
    appendFileSync(path, `{"role":"user",${'\0'.repeat(20)}}\n`);
    expect(await texts()).to.deep.equal(['one', 'two']);
  });

  it('takes a file with nothing but a torn line for no conversation', async () => {
    writeFileSync(path, '{"role":"us');
    expect(await store.load(id)).to.equal(undefined);
    expect(await store.headings()).to.deep.equal([]);
    await store.append(id, [userMessage('one')]);
    expect(await texts()).to.deep.equal(['one']);
  });

  for (const [what, line, fault] of [
    ['is not JSON', '{"role":"user"', 'not JSON'],
    ['is no object', '7', 'not an object'],
    ['has an unknown role', '{"role":"root","text":"x"}', 'role'],
    ['has the role of an inherited property', '{"role":"constructor"}', 'role'],
    ['lacks a field', '{"role":"user","text":"x","origin":{"kind":"terminal"},"at":"2026-01-02T03:04:05.000Z"}', '"provenance" is missing'],
    ['has a field of the wrong form', JSON.stringify({ ...userMessage('x'), text: 7 }), '"text"'],
    ['has a wrong provenance', JSON.stringify({ ...userMessage('x'), provenance: { kind: 'external' } }), '"provenance"'],
    ['has a wrong moment', JSON.stringify({ ...userMessage('x'), at: 'yesterday' }), '"at"'],
    ['has a wrong call', JSON.stringify({ ...assistantMessage('x'), calls: [{ id: 'a', tool: 'b.c', args: [] }] }), '"calls"'],
    [
      'has a wrong outcome',
      JSON.stringify({ ...oneOfEach()[2], result: { call: 'a', tool: 'b.c', text: '', outcome: 'toString' } }),
      '"result"',
    ],
    ['is a list with something else in it', JSON.stringify([userMessage('x'), null]), 'not an object'],
  ] as const) {
    it(`names the file and the line that ${what}`, async () => {
      await store.append(id, [userMessage('secret words')]);
      appendFileSync(path, `${line}\n`);
      await store.append(id, [userMessage('after')]);
      const error = await loadError();
      expect(isPyraError(error, 'conversation/corrupt')).to.equal(true);
      expect((error as PyraError).message)
        .to.include('line 2 of conversations/talk.jsonl')
        .and.include(fault);
      expect((error as PyraError).message).not.to.include('secret words');
      expect((error as PyraError).hint).to.include(path);
      expect((await store.headings())[0]).to.deep.include({ title: 'secret words' });
    });
  }

  it('does not follow a symbolic link in place of a conversation', async () => {
    writeFileSync(join(folder, 'target'), '');
    symlinkSync(join(folder, 'target'), path);
    expect(isPyraError(await loadError(), 'path/outside-boundary')).to.equal(true);
    const error = await store.append(id, [userMessage('x')]).catch((thrown: unknown) => thrown);
    expect(isPyraError(error, 'path/outside-boundary')).to.equal(true);
    expect(readFileSync(join(folder, 'target'), 'utf8')).to.equal('');
  });

  it('keeps what two processes append to one conversation at the same time', async function () {
    this.timeout(30_000);
    const ends = await Promise.all(
      ['a', 'b'].map((name) => startProgram('conversation-process.js', ['append', folder, id, name, '40']).ended),
    );
    expect(ends.map(({ code, stderr }) => [code, stderr])).to.deep.equal([0, 0].map((code) => [code, '']));
    const stored = await texts();
    expect(stored).to.have.length(80);
    for (const name of ['a', 'b']) {
      expect(stored.filter((text) => text.startsWith(name))).to.deep.equal(Array.from({ length: 40 }, (_, number) => `${name} ${number}`));
    }
  });

  it('names the process that holds a conversation, and takes it over when that one is dead', async function () {
    this.timeout(30_000);
    await store.append(id, [userMessage('x')]);
    const holder = startProgram('conversation-process.js', ['lease', folder, id]);
    try {
      await untilPrinted(holder, 'held');
      for (const attempt of [() => store.lease(id), () => store.delete(id)]) {
        const error = await attempt().catch((thrown: unknown) => thrown);
        expect(isPyraError(error, 'home/locked')).to.equal(true);
        expect((error as PyraError).message).to.include(`process ${holder.process.pid}`);
        expect((error as PyraError).hint).to.include('--fork');
      }
    } finally {
      holder.process.kill('SIGKILL');
    }
    await holder.ended;
    await (await store.lease(id))();
    expect(await store.delete(id)).to.equal(true);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  describe('the index of headings', () => {
    const index = (): string => join(folder, '.index.json');

    it('reads only what was added', async () => {
      await store.append(id, [userMessage('first')]);
      expect(await store.headings()).to.have.length(1);
      // A stored file of the same inode that only grew is not read again from its start.
      const changed = readFileSync(index(), 'utf8').replace('"title":"first"', '"title":"known"');
      writeFileSync(index(), changed);
      await store.append(id, [assistantMessage('answer')]);
      expect((await store.headings())[0]).to.deep.include({ title: 'known', messages: 2 });
    });

    for (const [what, spoil] of [
      ['is not JSON', () => writeFileSync(index(), '{')],
      ['is of another version', () => writeFileSync(index(), '{"version":0,"files":{"talk":{}}}')],
      ['is not what it should be', () => writeFileSync(index(), 'null')],
      ['cannot be written', () => symlinkSync('/nowhere', index())],
    ] as const) {
      it(`is made again when it ${what}`, async () => {
        await store.append(id, [userMessage('first')]);
        spoil();
        expect((await store.headings())[0]).to.deep.include({ title: 'first', messages: 1 });
      });
    }

    it('notices a file that was shortened or written anew', async () => {
      await store.append(id, [userMessage('first')]);
      const size = statSync(path).size;
      await store.append(id, [assistantMessage('answer')]);
      await store.headings();
      truncateSync(path, size);
      expect((await store.headings())[0]).to.deep.include({ messages: 1 });
    });

    it('leaves out what is no conversation', async () => {
      mkdirSync(join(folder, 'folder.jsonl'));
      writeFileSync(join(folder, 'Notes.jsonl'), '{}\n');
      writeFileSync(join(folder, 'empty.jsonl'), '');
      expect(await store.headings()).to.deep.equal([]);
    });
  });
});

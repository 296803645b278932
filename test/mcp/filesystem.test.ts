import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FOREIGN, needsServers, nodeProgram } from '../support/mcp-servers/foreign-servers.js';
import { type McpPerson, mcpPerson, NO, needsSandbox, reading, YES } from '../support/mcp-servers/mcp-person.js';

describe('server-filesystem of the registry', function () {
  this.timeout(60_000);
  let person: McpPerson;
  let docs = '';
  let drafts = '';
  let outside = '';

  before(function () {
    needsServers(this, FOREIGN.filesystem);
  });
  beforeEach(async () => {
    person = await mcpPerson();
    [docs, drafts, outside] = ['docs', 'drafts', 'outside'].map((name) => join(person.folder, name)) as [string, string, string];
    for (const folder of [docs, drafts, outside]) mkdirSync(folder);
    writeFileSync(join(docs, 'offer.txt'), 'the garden house is 4,800 EUR\n');
    writeFileSync(join(outside, 'diary.txt'), 'nobody may read this\n');
    // Its own check is switched off: it may use everything that it can see.
    await person.add('files', nodeProgram(FOREIGN.filesystem, ['/'], { read: [docs], write: [drafts] }));
    await person.classify('files', {
      read_text_file: reading(),
      list_directory: reading(),
      read_multiple_files: reading(),
      get_file_info: reading(),
      write_file: 'write',
      create_directory: 'write',
    });
  });
  afterEach(() => person.stop());

  const read = (path: string) => person.call('files.read_text_file', { path });
  const write = (path: string, content = 'written') => person.call('files.write_file', { path, content }, { decisions: [YES] });

  it('reads in a granted folder, without asking once it was said to read only', async () => {
    const offer = await read(join(docs, 'offer.txt'));
    expect(offer.text).to.include('4,800 EUR');
    expect(offer.cards).to.deep.equal([]);
    expect((await person.call('files.list_directory', { path: docs })).text).to.include('offer.txt');
  });

  it('writes in a folder that was granted for it, after the card', async () => {
    const written = await write(join(drafts, 'answer.txt'), 'we accept');
    expect(written.outcome, written.text).to.equal('ok');
    expect(readFileSync(join(drafts, 'answer.txt'), 'utf8')).to.equal('we accept');
    const [card] = written.cards;
    expect(card?.definition.effect).to.equal('write');
    expect(card?.arguments.map(({ path }) => path)).to.deep.equal(['path', 'content']);
    const denied = await person.call('files.write_file', { path: join(drafts, 'other.txt'), content: 'x' }, { decisions: [NO] });
    expect(denied.outcome).to.equal('denied');
    expect(existsSync(join(drafts, 'other.txt'))).to.equal(false);
  });

  it('cannot write in a folder that was granted for reading: the kernel refuses', async function () {
    await needsSandbox(this, person);
    const { outcome, text } = await write(join(docs, 'offer.txt'), 'the garden house is 9,800 EUR');
    expect(outcome).to.equal('failed');
    expect(text).to.match(/EROFS|EACCES|EPERM|read-only/i);
    expect(readFileSync(join(docs, 'offer.txt'), 'utf8')).to.include('4,800');
    expect((await person.call('files.create_directory', { path: join(docs, 'new') }, { decisions: [YES] })).outcome).to.equal('failed');
  });

  it('sees nothing outside of what was granted: neither files of the person, nor Pyra’s home, nor of the system', async function () {
    await needsSandbox(this, person);
    const paths = [
      join(outside, 'diary.txt'),
      join(docs, '../outside/diary.txt'),
      join(person.home, 'config.yaml'),
      join(person.home, 'security.log'),
      join(person.home, 'state/mcp/files.json'),
      '/etc/shadow',
      '/root/.bashrc',
      '/proc/1/environ',
    ];
    for (const path of paths) {
      const { outcome, text } = await read(path);
      if (path === '/proc/1/environ') expect(text).not.to.include('PYRA');
      else expect(outcome, `${path}: ${text}`).to.equal('failed');
    }
    expect((await person.call('files.list_directory', { path: person.folder })).text).not.to.include('outside');
    await write(join(outside, 'new.txt'));
    expect(existsSync(join(outside, 'new.txt'))).to.equal(false);
  });

  it('does not come out by a link that stands in a granted folder', async function () {
    await needsSandbox(this, person);
    symlinkSync(join(outside, 'diary.txt'), join(docs, 'link.txt'));
    symlinkSync(outside, join(drafts, 'out'));
    symlinkSync(person.home, join(docs, 'pyra'));
    expect((await read(join(docs, 'link.txt'))).outcome).to.equal('failed');
    expect((await read(join(drafts, 'out/diary.txt'))).outcome).to.equal('failed');
    expect((await read(join(docs, 'pyra/config.yaml'))).outcome).to.equal('failed');
    await write(join(drafts, 'out/new.txt'));
    expect(existsSync(join(outside, 'new.txt'))).to.equal(false);
    expect(lstatSync(join(drafts, 'out')).isSymbolicLink()).to.equal(true);
  });

  it('has one place of its own, which is not the person’s', async () => {
    const own = join(person.home, 'mcp/files');
    const { outcome, text } = await write(join(own, 'index.json'), '{}');
    expect(outcome, text).to.equal('ok');
    expect(readFileSync(join(own, 'index.json'), 'utf8')).to.equal('{}');
    expect(lstatSync(own).mode & 0o777).to.equal(0o700);
    await person.pyra.mcp.remove('files');
    expect(existsSync(own)).to.equal(false);
    expect(existsSync(join(person.home, 'state/mcp/files.json'))).to.equal(false);
    expect(readFileSync(join(docs, 'offer.txt'), 'utf8')).to.include('4,800');
    expect((await read(join(docs, 'offer.txt'))).outcome).to.equal('unknown-tool');
  });

  it('is an expected failure when it fails, and goes on after it', async () => {
    const missing = await read(join(docs, 'missing.txt'));
    expect(missing.outcome).to.equal('failed');
    expect(missing.text).to.match(/ENOENT|no such file/i);
    expect((await read(join(docs, 'offer.txt'))).outcome).to.equal('ok');
  });
});

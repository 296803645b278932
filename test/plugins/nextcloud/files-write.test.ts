import { existsSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { PluginContext } from 'pyra/plugin';
import { deleteFile, previewDelete } from '../../../plugins/nextcloud/delete-file.js';
import { moveFile, previewMove } from '../../../plugins/nextcloud/move-file.js';
import { readFile } from '../../../plugins/nextcloud/read-file.js';
import { previewWrite, writeFile } from '../../../plugins/nextcloud/write-file.js';
import { type Apache, startApache } from '../../support/servers/apache.js';
import { needs } from '../../support/servers/test-server.js';
import { failureOf, nextcloudContext, trustAuthority } from './nextcloud-context.js';

describe('files of a Nextcloud: writing, moving, deleting (needs apache2 and openssl)', () => {
  let apache: Apache;
  let context: PluginContext;
  let forget = () => {};
  const stored = (path: string) => readFileSync(join(apache.files, path), 'utf8');
  const etagOf = async (path: string) => ((await readFile({ path }, context)).data as { readonly etag: string }).etag;
  before(async function () {
    needs(this, 'apache2', 'openssl');
    apache = await startApache();
    forget = trustAuthority(apache.ca);
    context = nextcloudContext(apache);
  });
  after(async () => {
    forget();
    await apache?.stop();
  });

  it('creates a file with an odd name, which the person sees whole', async () => {
    const args = { path: 'Documents/100% #2 ä+b & c.txt', content: 'Grüße\n' };
    expect(await previewWrite(args, context)).to.match(
      /^creates \/Documents\/100% #2 ä\+b & c\.txt on localhost:\d+ \(8 bytes\); nothing of that name is there$/,
    );
    const answer = await writeFile(args, context);
    expect(answer.text).to.contain('created').and.to.contain('etag');
    expect(stored(args.path)).to.equal('Grüße\n');
  });

  it('never overwrites blindly', async () => {
    apache.put('kept.txt', 'precious\n');
    const args = { path: 'kept.txt', content: 'gone\n' };
    expect(await previewWrite(args, context)).to.match(/^will be refused: \/kept\.txt exists already/);
    expect((await failureOf(writeFile(args, context))).message).to.contain('pass its etag');
    expect((await failureOf(writeFile({ ...args, etag: '"other"' }, context))).message).to.contain('has changed since it was read');
    expect((await failureOf(writeFile({ path: 'Documents', content: 'x', replace: true }, context))).message).to.contain('is a folder');
    expect(stored('kept.txt')).to.equal('precious\n');
  });

  it('replaces the version that was read, and none that came after it', async () => {
    apache.put('plan.txt', 'one\ntwo\n');
    const etag = await etagOf('plan.txt');
    const args = { path: 'plan.txt', content: 'one\nthree\n', etag };
    expect(await previewWrite(args, context)).to.contain(' one\n-two\n+three');
    expect((await writeFile(args, context)).text).to.contain('replaced');
    expect(stored('plan.txt')).to.equal('one\nthree\n');
    expect((await failureOf(writeFile({ ...args, content: 'late' }, context))).message).to.contain('has changed since it was read');
    expect(stored('plan.txt')).to.equal('one\nthree\n');
  });

  it('waits until a version that was just written can be guarded', async () => {
    await writeFile({ path: 'fresh.txt', content: 'a' }, context);
    const etag = await etagOf('fresh.txt');
    expect(etag).to.match(/^W\//);
    const answer = await writeFile({ path: 'fresh.txt', content: 'ab', etag }, context);
    expect(answer.text).to.contain('replaced');
    expect(stored('fresh.txt')).to.equal('ab');
  });

  it('replaces with replace: true what the person saw, and nothing else', async () => {
    apache.put('list.txt', 'milk\n');
    const args = { path: 'list.txt', content: 'milk\nbread\n', replace: true };
    expect(await previewWrite(args, context)).to.contain(' milk\n+bread');
    apache.put('list.txt', 'milk\nsomebody was faster\n');
    expect((await failureOf(writeFile(args, context))).message).to.contain('not as it was when the person was asked');
    expect(stored('list.txt')).to.contain('faster');
    await previewWrite(args, context);
    await writeFile(args, context);
    expect(stored('list.txt')).to.equal('milk\nbread\n');
  });

  it('says when what it would have replaced is gone, and when what it would have created is there', async () => {
    apache.put('short.txt', 'x');
    const etag = await etagOf('short.txt');
    await deleteFile({ path: 'short.txt' }, context);
    expect((await failureOf(writeFile({ path: 'short.txt', content: 'y', etag }, context))).message).to.contain('no longer there');
    const args = { path: 'short.txt', content: 'y' };
    await previewWrite(args, context);
    apache.put('short.txt', 'z');
    expect((await failureOf(writeFile(args, context))).message).to.contain('not as it was');
    expect(stored('short.txt')).to.equal('z');
  });

  it('makes folders that are missing only when it is told to', async () => {
    const args = { path: 'new/deep er/file.txt', content: 'x' };
    expect(await previewWrite(args, context)).to.contain('will be refused: there is no folder /new/deep er');
    expect((await failureOf(writeFile(args, context))).message).to.contain('parents: true');
    expect(await previewWrite({ ...args, parents: true }, context)).to.match(/^makes the folders \/new, \/new\/deep er\ncreates /);
    await writeFile({ ...args, parents: true }, context);
    expect(stored(args.path)).to.equal('x');
    const below = writeFile({ path: 'Notes.md/x', content: 'x', parents: true }, context);
    expect((await failureOf(below)).message).to.contain('/Notes.md is a file');
  });

  it('leaves a locked file alone and says who locked it', async () => {
    apache.put('locked.txt', 'mine\n');
    const authorization = `Basic ${Buffer.from(`${apache.user}:${apache.password}`).toString('base64')}`;
    const body =
      '<d:lockinfo xmlns:d="DAV:"><d:lockscope><d:exclusive/></d:lockscope><d:locktype><d:write/></d:locktype><d:owner>Bob &amp; Co</d:owner></d:lockinfo>';
    const locked = await fetch(`${apache.plainUrl}/dav/locked.txt`, {
      method: 'LOCK',
      headers: { authorization, Timeout: 'Second-60' },
      body,
    });
    expect(locked.status).to.equal(200);
    const etag = await etagOf('locked.txt');
    for (const call of [
      () => writeFile({ path: 'locked.txt', content: 'theirs', etag }, context),
      () => moveFile({ from: 'locked.txt', to: 'moved.txt' }, context),
      () => deleteFile({ path: 'locked.txt' }, context),
    ]) {
      expect((await failureOf(call())).message).to.match(/^\/locked\.txt is locked by Bob & Co on localhost:\d+, so nothing was changed/);
    }
    expect(stored('locked.txt')).to.equal('mine\n');
  });

  it('moves a file and a folder, and never over something', async () => {
    apache.put('old name.txt', 'x');
    apache.put('box/a/b.txt', 'b');
    expect(await previewMove({ from: 'old name.txt', to: 'Documents/new näme.txt' }, context)).to.match(
      /the file\n {2}\/old name\.txt, 1 byte.*\nbecomes\n {2}\/Documents\/new näme\.txt$/,
    );
    await moveFile({ from: 'old name.txt', to: 'Documents/new näme.txt' }, context);
    expect(stored('Documents/new näme.txt')).to.equal('x');
    await moveFile({ from: 'box', to: 'crate' }, context);
    expect(stored('crate/a/b.txt')).to.equal('b');
    expect(await previewMove({ from: 'crate', to: 'Notes.md' }, context)).to.contain('will be refused: /Notes.md exists already');
    expect((await failureOf(moveFile({ from: 'crate', to: 'Notes.md' }, context))).message).to.contain('never overwrites');
    expect((await failureOf(moveFile({ from: 'crate', to: 'no/where' }, context))).message).to.contain('there is no folder /no');
    expect((await failureOf(moveFile({ from: 'no', to: 'where' }, context))).message).to.contain('there is no /no');
    for (const [from, to] of [
      ['crate', 'crate/inside'],
      ['/', 'x'],
      ['crate', 'crate'],
      ['crate', '/'],
    ] as const) {
      expect(() => moveFile({ from, to }, context)).to.throw();
    }
    expect(stored('crate/a/b.txt')).to.equal('b');
  });

  it('shows what a deletion takes along, and deletes it', async () => {
    apache.put('trash me/sub/1.txt', 'one');
    apache.put('trash me/2.txt', 'two');
    const preview = await previewDelete({ path: 'trash me' }, context);
    expect(preview).to.contain('deletes the folder /trash me with 2 files (6 bytes) and 1 folder\n');
    expect(preview).to.contain('  sub/1.txt, 3 bytes').and.to.contain('  2.txt, 3 bytes').and.to.contain('deleted files');
    expect((await deleteFile({ path: 'trash me' }, context)).text).to.contain('deleted /trash me');
    expect(existsSync(join(apache.files, 'trash me'))).to.equal(false);
    const plain = nextcloudContext({ ...apache, url: apache.davUrl });
    expect(await previewDelete({ path: 'Notes.md' }, plain)).to.match(
      /^deletes the file \/Notes\.md, 14 bytes.*\nOn .* no trash bin: it is gone for good\.$/,
    );
    expect(() => deleteFile({ path: '/' }, context)).to.throw('root');
  });

  it('deletes nothing that is not as the person saw it', async () => {
    apache.put('pile/a.txt', 'a');
    await previewDelete({ path: 'pile' }, context);
    apache.put('pile/b.txt', 'new');
    expect((await failureOf(deleteFile({ path: 'pile' }, context))).message).to.contain('not as it was when the person was asked');
    expect(stored('pile/b.txt')).to.equal('new');
    await previewDelete({ path: 'pile/a.txt' }, context);
    apache.put('pile/a.txt', 'changed');
    utimesSync(join(apache.files, 'pile/a.txt'), new Date('2026-03-01'), new Date('2026-03-01'));
    expect((await failureOf(deleteFile({ path: 'pile/a.txt' }, context))).message).to.contain('not as it was');
    expect(stored('pile/a.txt')).to.equal('changed');
  });

  it('says how much more there is than it lists', async () => {
    for (let index = 0; index < 230; index += 1) apache.put(`lots/${index}.txt`, 'x');
    expect(await previewDelete({ path: 'lots' }, context))
      .to.contain('with 230 files')
      .and.to.contain('… and 30 more');
  });
});

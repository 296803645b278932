import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type SandboxedPlugin, sandboxedPlugin } from '../../support/sandboxed-plugin.js';
import { type Apache, startApache } from '../../support/servers/apache.js';
import { needs } from '../../support/servers/test-server.js';

describe('files of a Nextcloud, by the built plugin in the sandbox (needs apache2 and openssl)', function () {
  this.timeout(30_000);
  let apache: Apache;
  let sandboxed: SandboxedPlugin;
  before(async function () {
    needs(this, 'apache2', 'openssl');
    apache = await startApache();
    sandboxed = await sandboxedPlugin('nextcloud', {
      answers: { url: apache.url, user: apache.user },
      secrets: { 'main.password': apache.password },
      ca: apache.ca,
    });
  });
  after(async () => {
    await sandboxed?.stop();
    await apache?.stop();
  });

  it('lists and reads over TLS with an authority of its own, and names the place', async () => {
    const listed = await sandboxed.call('files', {});
    expect(listed.outcome).not.to.equal('failed');
    expect(listed.text).to.contain('Notes.md, 14 bytes');
    expect(listed.provenance).to.deep.equal({ kind: 'external', source: `localhost:${apache.port}/` });
    const read = await sandboxed.call('file_read', { path: 'Documents/50% #1 a+b.txt' });
    expect(read.text).to.contain('100% #1 a+b?');
    expect((await sandboxed.call('file_search', { query: 'gouda' })).text).to.contain('/Bücher & Käse/Gouda.txt');
  });

  it('shows a write before it happens, and writes', async () => {
    const args = { path: 'Documents/from the sandbox ü.txt', content: 'hello\n' };
    expect(await sandboxed.preview('file_write', args)).to.contain('creates /Documents/from the sandbox ü.txt');
    expect((await sandboxed.call('file_write', args)).text).to.contain('created');
    expect(readFileSync(join(apache.files, args.path), 'utf8')).to.equal('hello\n');
    const again = await sandboxed.call('file_write', args);
    expect(again).to.include({ outcome: 'failed' });
    expect(again.text).to.contain('exists already');
  });

  it('reads of 50 MB what it needs', async () => {
    apache.put('big.txt', Buffer.alloc(50 * 1024 * 1024, 'a line\n'));
    const { text } = await sandboxed.call('file_read', { path: 'big.txt' });
    expect(text.length).to.be.within(200_000, 201_000);
    expect(text).to.contain('read it with offset 200000');
  });

  it('trusts no server that nobody vouches for', async () => {
    const answers = { url: apache.url, user: apache.user };
    const untrusting = await sandboxedPlugin('nextcloud', { answers, secrets: { 'main.password': apache.password } });
    try {
      const { outcome, text } = await untrusting.call('files', {});
      expect(outcome).to.equal('failed');
      expect(text).to.contain('not one that this machine trusts');
    } finally {
      await untrusting.stop();
    }
  });

  it('stops when the person cancels', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 30);
    const failure = await sandboxed.call('file_search', { query: 'no such name' }, abort.signal).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    // Either it was over before, or it was cancelled; nothing in between.
    if (failure !== undefined) expect(failure).to.include({ name: 'AbortError' });
    expect((await sandboxed.call('files', {})).text).to.contain('Notes.md');
  });
});

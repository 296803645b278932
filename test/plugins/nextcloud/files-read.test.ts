import { join } from 'node:path';
import { expect } from 'chai';
import type { PluginContext } from 'pyra/plugin';
import { listFiles } from '../../../plugins/nextcloud/list-files.js';
import { READ_LIMIT, readFile } from '../../../plugins/nextcloud/read-file.js';
import { searchFiles } from '../../../plugins/nextcloud/search-files.js';
import { type Apache, startApache } from '../../support/servers/apache.js';
import { startFaultyProxy } from '../../support/servers/faulty-proxy.js';
import { needs } from '../../support/servers/test-server.js';
import { failureOf, nextcloudContext, trustAuthority } from './nextcloud-context.js';

const ODD = 'Bücher & Käse/it\'s <odd> & "quoted"; %41.txt';

describe('files of a Nextcloud: reading (needs apache2 and openssl)', () => {
  let apache: Apache;
  let context: PluginContext;
  let forget = () => {};
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

  it('lists a folder over TLS: folders first, odd names as they are, with sizes, dates and ETags', async () => {
    const answer = await listFiles({}, context);
    expect(answer.source).to.equal(`localhost:${apache.port}/`);
    expect(answer.text.split('\n').map((line) => line.replace(/,.*/, ''))).to.deep.equal([
      `/ on localhost:${apache.port}: 5 entries`,
      'Bücher & Käse/',
      'Documents/',
      'Photos/',
      'empty.txt',
      'Notes.md',
    ]);
    expect(answer.text).to.match(/^Notes\.md, 14 bytes, 2026-02-03 04:05 UTC \[etag "[^"]+"\]$/m);
    const odd = await listFiles({ path: 'Bücher & Käse/' }, context);
    expect(odd.text).to.contain('it\'s <odd> & "quoted"; %41.txt, 4 bytes');
    expect((await listFiles({ path: 'Documents' }, context)).text).to.contain('50% #1 a+b.txt, 13 bytes');
  });

  it('pages through a large folder', async () => {
    for (let index = 1; index <= 250; index += 1) apache.put(join('Many', `file ${index}.txt`), 'x');
    const first = await listFiles({ path: '/Many' }, context);
    expect(first.data).to.include({ total: 250, page: 1, pages: 3 });
    expect(first.text).to.contain('file 2.txt, 1 byte').and.not.to.contain('file 101.txt');
    const last = await listFiles({ path: '/Many', page: 3 }, context);
    expect(last.text.split('\n').length).to.equal(51);
    expect(last.text).to.contain('page 3 of 3').and.to.contain('file 250.txt');
  });

  it('says that a path is no folder, or nothing', async () => {
    expect((await failureOf(listFiles({ path: '/Notes.md' }, context))).message).to.contain('is a file');
    expect((await failureOf(listFiles({ path: '/nothing' }, context))).message).to.contain('there is no /nothing');
    expect((await failureOf(readFile({ path: '/Documents' }, context))).message).to.contain('is a folder');
    expect((await failureOf(readFile({ path: '/nothing' }, context))).message).to.contain('there is no /nothing');
  });

  it('reads text of odd names and character sets, and names its place as the source', async () => {
    const odd = await readFile({ path: ODD }, context);
    expect(odd.text).to.match(/\n\nodd\n$/);
    expect(odd.source).to.equal(`localhost:${apache.port}/${ODD}`);
    expect((await readFile({ path: 'Documents/50% #1 a+b.txt' }, context)).text).to.contain('100% #1 a+b?');
    const latin = await readFile({ path: 'Documents/latin1.txt' }, context);
    expect(latin.text).to.contain('Grüße aus Köln').and.to.contain('in windows-1252');
    expect((await readFile({ path: 'empty.txt' }, context)).text).to.contain('0 bytes');
  });

  it('describes what is no text', async () => {
    const answer = await readFile({ path: 'Photos/pixel.png' }, context);
    expect(answer.text).to.contain('is a PNG image, media type image/png').and.to.contain('89 50 4e 47');
    expect(answer.data).to.include({ binary: true, size: 16 });
  });

  it('reads a text of 50 MB piece by piece, and never holds more than a piece', async () => {
    const line = Buffer.from('a line of a text that is very long, mit Ümläuten\n');
    apache.put('big.txt', Buffer.alloc(50 * 1024 * 1024, line));
    const before = process.memoryUsage().rss;
    const first = await readFile({ path: '/big.txt' }, context);
    expect(process.memoryUsage().rss - before).to.be.lessThan(20 * 1024 * 1024);
    const { next, content } = first.data as { readonly next: number; readonly content: string };
    expect(next).to.be.within(READ_LIMIT - 3, READ_LIMIT);
    const second = await readFile({ path: '/big.txt', offset: next }, context);
    const together = content + (second.data as { readonly content: string }).content;
    expect(together).to.equal(Buffer.alloc(Buffer.byteLength(together), line).toString());
    const end = await readFile({ path: '/big.txt', offset: 50 * 1024 * 1024 }, context);
    expect((end.data as { readonly content: string }).content).to.equal('');
  });

  it('reads from a server that knows no ranges, and lets go of the rest', async () => {
    const proxy = await startFaultyProxy(apache.plainUrl, ({ headers }) => {
      delete (headers as Record<string, unknown>).range;
      return undefined;
    });
    try {
      const there = nextcloudContext({ ...apache, url: proxy.url });
      apache.put('big.txt', Buffer.alloc(50 * 1024 * 1024, '0123456789'));
      const answer = await readFile({ path: '/big.txt', offset: 100_005 }, there);
      const { content, next } = answer.data as { readonly content: string; readonly next: number };
      expect(content.startsWith('56789012')).to.equal(true);
      expect(next).to.equal(100_005 + READ_LIMIT);
    } finally {
      await proxy.stop();
    }
  });

  it('finds by name in all folders, and says where it is', async () => {
    const lines: string[] = [];
    const found = await searchFiles({ query: 'PLAN FÜR' }, nextcloudContext(apache, { lines }));
    expect(found.text).to.contain('/Documents/My Projects/Plan für März (v2).txt, 15 bytes');
    expect(found.data).to.include({ complete: true });
    expect(lines.length).to.be.greaterThan(0);
    const below = await searchFiles({ query: '*.txt', path: 'Documents' }, context);
    expect(below.text).to.contain('latin1.txt').and.not.to.contain('Gouda');
    const few = await searchFiles({ query: 'file', path: 'Many', limit: 3 }, context);
    expect(few.text).to.contain('3 found').and.to.contain('not everything was looked at: there were enough');
    expect((await searchFiles({ query: 'no such name' }, context)).text).to.contain('nothing of that name');
  });

  it('asks for one level at a time, since servers refuse more', async () => {
    const proxy = await startFaultyProxy(apache.plainUrl, ({ method, headers }) =>
      method === 'PROPFIND' && !['0', '1'].includes(String(headers.depth)) ? { kind: 'answer', status: 403 } : undefined,
    );
    try {
      const answer = await searchFiles({ query: 'gouda' }, nextcloudContext({ ...apache, url: proxy.url }));
      expect(answer.text).to.contain('Gouda.txt');
    } finally {
      await proxy.stop();
    }
  });

  it('works with a plain WebDAV server, and with an address within the files', async () => {
    const plain = await listFiles({}, nextcloudContext({ ...apache, url: apache.davUrl }));
    expect(plain.text).to.contain('Notes.md');
    const within = await listFiles({}, nextcloudContext({ ...apache, url: `${apache.url}/remote.php/dav/files/pyra/Documents/` }));
    expect(within.text).to.contain('latin1.txt');
  });

  it('finds the files of a person who signs in with an e-mail address', async () => {
    const principal =
      '<d:multistatus xmlns:d="DAV:"><d:response><d:href>/remote.php/dav/</d:href><d:propstat><d:prop><d:current-user-principal>';
    const body = `${principal}<d:href>/remote.php/dav/principals/users/pyra/</d:href></d:current-user-principal></d:prop></d:propstat></d:response></d:multistatus>`;
    const proxy = await startFaultyProxy(apache.plainUrl, ({ path, headers }) => {
      // The server knows the same person under both names.
      (headers as Record<string, unknown>).authorization = `Basic ${Buffer.from(`${apache.user}:${apache.password}`).toString('base64')}`;
      return path === '/remote.php/dav/' ? { kind: 'answer', status: 207, body } : undefined;
    });
    try {
      const answer = await listFiles({}, nextcloudContext({ ...apache, url: proxy.url, user: 'pyra@example.test' }));
      expect(answer.text).to.contain('Notes.md');
      expect(proxy.seen.map(({ path }) => path)).to.include('/remote.php/dav/files/pyra%40example.test/');
    } finally {
      await proxy.stop();
    }
  });
});

import { expect } from 'chai';
import { parseKept, parseListing, textsOf } from './multistatus.js';
import { parsePath } from './remote-path.js';

const response = (href: string, properties: string) =>
  `<d:response><d:href>${href}</d:href><d:propstat><d:prop>${properties}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`;
const multistatus = (...responses: readonly string[]) =>
  `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">${responses.join('')}</d:multistatus>`;
const FOLDER = '<d:resourcetype><d:collection/></d:resourcetype>';

describe('a listing', () => {
  it('keeps names as they are, numbers, entities and percent signs included', async () => {
    const { self, entries, unreadable } = await parseListing(
      multistatus(
        response('/dav/a/', FOLDER),
        response('/dav/a/2024.10', '<d:resourcetype/><d:getcontentlength>7</d:getcontentlength><d:getetag>&quot;1&quot;</d:getetag>'),
        response('/dav/a/x%26amp%3B%2525&amp;y', '<d:resourcetype/><d:getetag>W/"2"</d:getetag>'),
        response('/dav/a/b%c3%bc/', FOLDER),
      ),
      parsePath('/a'),
    );
    expect(self).to.deep.equal({ path: '/a', type: 'folder' });
    expect(entries).to.deep.equal([
      { path: '/a/2024.10', type: 'file', size: 7, etag: '"1"' },
      { path: '/a/x&amp;%25&y', type: 'file', etag: 'W/"2"' },
      { path: '/a/bü', type: 'folder' },
    ]);
    expect(unreadable).to.equal(0);
  });

  it('lets no server name what lies elsewhere', async () => {
    const hrefs = ['/dav/a/..%2f..%2fetc', '/dav/a/..', '/dav/a/%2e%2e', '/dav/a/x/y', '/dav/a/%ff', '/dav/a/n%00'];
    const { entries, unreadable } = await parseListing(
      multistatus(response('/dav/a', FOLDER), ...hrefs.map((href) => response(href, ''))),
      parsePath('/a'),
    );
    expect(entries).to.deep.equal([]);
    expect(unreadable).to.equal(hrefs.length);
  });

  it('may be long: every ETag is in entities', async () => {
    const files = Array.from({ length: 5_000 }, (_, index) => response(`/a/${index}`, `<d:getetag>&quot;${index}&quot;</d:getetag>`));
    const { entries } = await parseListing(multistatus(response('/a', FOLDER), ...files), parsePath('/a'));
    expect(entries.length).to.equal(5_000);
    expect(entries.at(-1)).to.deep.equal({ path: '/a/4999', type: 'file', etag: '"4999"' });
  });

  it('is refused when it is something else', async () => {
    for (const other of ['<html><body>sign in</body></html>', '', 'x', multistatus()]) {
      const error = await parseListing(other, parsePath('/')).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error, other).to.be.instanceOf(Error);
    }
  });

  it('says what a deletion left behind', async () => {
    const kept = '<d:response><d:href>/dav/a/b%20c</d:href><d:status>HTTP/1.1 423 Locked</d:status></d:response>';
    expect(await parseKept(multistatus(kept))).to.deep.equal(['/dav/a/b c']);
  });

  it('gives the texts of elements', () => {
    expect(textsOf('<D:owner><a>Bob</a> &amp; <b>Eve</b></D:owner><owner/>', 'owner')).to.deep.equal(['Bob & Eve']);
  });
});

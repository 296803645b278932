import { expect } from 'chai';
import { ToolFailure } from 'pyra/plugin';
import { listFiles } from '../../../plugins/nextcloud/list-files.js';
import { readFile } from '../../../plugins/nextcloud/read-file.js';
import { searchFiles } from '../../../plugins/nextcloud/search-files.js';
import { writeFile } from '../../../plugins/nextcloud/write-file.js';
import { type Apache, startApache } from '../../support/servers/apache.js';
import { makeCertificate } from '../../support/servers/certificate.js';
import { type Fault, type SeenRequest, startFaultyProxy } from '../../support/servers/faulty-proxy.js';
import { needs } from '../../support/servers/test-server.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';
import { failureOf, nextcloudContext, trustAuthority } from './nextcloud-context.js';

describe('files of a Nextcloud that fails (needs apache2 and openssl)', () => {
  let apache: Apache;
  before(async function () {
    needs(this, 'apache2', 'openssl');
    apache = await startApache();
  });
  after(() => apache?.stop());

  async function behind<T>(fault: (request: SeenRequest) => Fault | undefined, use: (url: string) => Promise<T>): Promise<T> {
    const proxy = await startFaultyProxy(apache.plainUrl, fault);
    try {
      return await use(proxy.url);
    } finally {
      await proxy.stop();
    }
  }
  const answering = (method: string, status: number, body?: string) => (request: SeenRequest) =>
    request.method === method ? ({ kind: 'answer', status, ...(body === undefined ? {} : { body }) } as const) : undefined;

  it('is not spoken to when nobody vouches for its certificate', async () => {
    const failure = await failureOf(listFiles({}, nextcloudContext(apache)));
    expect(failure).to.be.instanceOf(ToolFailure);
    expect(failure.message).to.contain('not one that this machine trusts').and.to.contain('pyra plugin setup nextcloud');
  });

  for (const [kind, words] of [
    ['other-host', 'is for another host'],
    ['expired', 'has expired'],
  ] as const) {
    it(`is not spoken to when its certificate ${words}`, async () => {
      const wrong = await startApache({ certificate: kind });
      const forget = trustAuthority(wrong.ca);
      try {
        const failure = await failureOf(listFiles({}, nextcloudContext(wrong)));
        expect(failure).to.be.instanceOf(ToolFailure);
        expect(failure.message).to.contain(words).and.to.contain('nothing was sent');
      } finally {
        forget();
        await wrong.stop();
      }
    });
  }

  it('trusts an authority for what that one signed and no more', async () => {
    const folder = temporaryFolder();
    const other = await makeCertificate(folder);
    const forget = trustAuthority(other.ca);
    try {
      expect((await failureOf(listFiles({}, nextcloudContext(apache)))).message).to.contain('not one that this machine trusts');
    } finally {
      forget();
      removeFolder(folder);
    }
  });

  it('says that the sign-in was refused, and never the password', async () => {
    const failure = await failureOf(listFiles({}, nextcloudContext({ ...apache, url: apache.plainUrl, password: 'wrong-pässword' })));
    expect(failure).to.be.instanceOf(ToolFailure);
    expect(failure.message).to.contain('refused the sign-in of pyra').and.to.contain('app password').and.not.to.contain('wrong-pässword');
  });

  it('says that the account is not set up, or lacks its password', async () => {
    const context = nextcloudContext(apache);
    expect((await failureOf(listFiles({ account: 'work' }, context))).message).to.contain('pyra plugin setup nextcloud --account work');
    const without = { ...context, secrets: { ...context.secrets, get: async () => undefined } };
    expect((await failureOf(listFiles({}, without))).message).to.contain('the password of the account main is not known');
  });

  it('says that the storage is full', async () => {
    await behind(answering('PUT', 507), async (url) => {
      const failure = await failureOf(writeFile({ path: 'full.txt', content: 'x' }, nextcloudContext({ ...apache, url })));
      expect(failure).to.be.instanceOf(ToolFailure);
      expect(failure.message).to.contain('is full, so /full.txt was not written').and.to.contain('deleted first');
    });
  });

  for (const [status, words] of [
    [403, 'does not allow to write'],
    [412, 'created by someone else meanwhile'],
    [413, 'too large'],
    [429, 'wants fewer requests'],
    [503, 'maintenance'],
    [502, 'HTTP 502'],
  ] as const) {
    it(`says what ${status} means`, async () => {
      await behind(answering('PUT', status), async (url) => {
        const failure = await failureOf(writeFile({ path: 'x.txt', content: 'x' }, nextcloudContext({ ...apache, url })));
        expect(failure).to.be.instanceOf(ToolFailure);
        expect(failure.message).to.contain(words);
      });
    });
  }

  it('guards no write with an ETag that stays weak, and says what to do', async () => {
    apache.put('weak.txt', 'x');
    const weak = (href: string) =>
      `<d:multistatus xmlns:d="DAV:"><d:response><d:href>${href}</d:href><d:propstat><d:prop><d:getetag>W/"always"</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>`;
    const fault = ({ method, path }: SeenRequest) =>
      method === 'PROPFIND' && path.endsWith('/weak.txt') ? ({ kind: 'answer', status: 207, body: weak(path) } as const) : undefined;
    await behind(fault, async (url) => {
      const context = nextcloudContext({ ...apache, url });
      const failure = await failureOf(writeFile({ path: 'weak.txt', content: 'y', etag: 'W/"always"' }, context));
      expect(failure.message).to.contain('no strong ETag').and.to.contain('replace: true');
      expect((await writeFile({ path: 'weak.txt', content: 'y', replace: true }, context)).text).to.contain('replaced');
    });
  })
    .timeout(20_000)
    .slow(20_000);

  it('says that an address is no WebDAV', async () => {
    await behind(
      () => ({ kind: 'answer', status: 200, body: '<html>hello</html>' }),
      async (url) => {
        expect((await failureOf(listFiles({}, nextcloudContext({ ...apache, url })))).message).to.contain('there is no WebDAV');
      },
    );
  });

  it('says that the connection was lost while it read, and while it wrote', async () => {
    apache.put('half.txt', 'x'.repeat(300_000));
    await behind(
      ({ method }) => (method === 'GET' ? { kind: 'cut', after: 50_000 } : method === 'PUT' ? { kind: 'cut', after: 0 } : undefined),
      async (url) => {
        const context = nextcloudContext({ ...apache, url });
        const read = await failureOf(readFile({ path: 'half.txt' }, context));
        expect(read).to.be.instanceOf(ToolFailure);
        expect(read.message).to.contain('was lost; try again');
        const written = await failureOf(writeFile({ path: 'maybe.txt', content: 'x' }, context));
        expect(written).to.be.instanceOf(ToolFailure);
        expect(written.message).to.contain('is not known: look before you try again');
      },
    );
  });

  it('fails in words when the server dies in the middle of a call, and works again when it is back', async () => {
    const dying = await startApache();
    for (let index = 0; index < 60; index += 1) dying.put(`${index}/${index}/x.txt`, 'x');
    const context = nextcloudContext({ ...dying, url: dying.plainUrl });
    let killed: Promise<void> | undefined;
    const progress = () => {
      killed ??= dying.kill();
    };
    const failure = await failureOf(searchFiles({ query: 'nothing' }, { ...context, progress }));
    expect(failure).to.be.instanceOf(ToolFailure);
    expect(failure.message).to.match(/connection to \S+ was lost; try again|refuses connections/);
    await killed;
    expect((await failureOf(listFiles({}, context))).message).to.contain('refuses connections');
    await dying.stop();
  });

  it('stops at once when the person cancels while a server is slow', async () => {
    await behind(
      ({ method, path }) => (method === 'GET' || path.endsWith('/Documents/') ? { kind: 'silence' } : undefined),
      async (url) => {
        for (const call of [
          (signal: AbortSignal) => readFile({ path: 'Notes.md' }, nextcloudContext({ ...apache, url }, { signal })),
          (signal: AbortSignal) => searchFiles({ query: 'x' }, nextcloudContext({ ...apache, url }, { signal })),
        ]) {
          const abort = new AbortController();
          setTimeout(() => abort.abort(), 200);
          const begun = performance.now();
          const failure = await failureOf(call(abort.signal));
          expect(failure.name).to.equal('AbortError');
          expect(performance.now() - begun).to.be.within(150, 1_500);
        }
      },
    );
  });
});

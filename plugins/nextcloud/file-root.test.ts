import { expect } from 'chai';
import { ToolFailure } from 'pyra/plugin';
import { possibleRoots } from './file-root.js';

const bases = (url: string) => possibleRoots(url, 'me@x.org').map(({ base }) => base);

describe('where the files of an account may be', () => {
  it('is below the address of a Nextcloud, or the address itself', () => {
    const files = 'https://c.org/remote.php/dav/files/me%40x.org';
    expect(bases('https://c.org')).to.deep.equal([files, 'https://c.org']);
    expect(bases('https://c.org:8443/cloud/')).to.deep.equal([
      'https://c.org:8443/cloud/remote.php/dav/files/me%40x.org',
      'https://c.org:8443/cloud',
    ]);
    expect(bases('https://c.org/index.php/apps/files/?dir=/')[0]).to.equal(files);
    expect(bases('https://c.org/cloud/apps/files')[0]).to.equal('https://c.org/cloud/remote.php/dav/files/me%40x.org');
  });

  it('is an address of WebDAV as it is', () => {
    expect(bases('https://c.org/remote.php/dav/files/me/Shared')).to.deep.equal(['https://c.org/remote.php/dav/files/me/Shared']);
    expect(bases('https://c.org/remote.php/webdav/')).to.deep.equal(['https://c.org/remote.php/webdav']);
    expect(bases('https://c.org/x/remote.php/dav')).to.deep.equal(['https://c.org/x/remote.php/dav/files/me%40x.org']);
    expect(bases('https://c.org/remote.php/dav/principals/users/me/')).to.deep.equal(['https://c.org/remote.php/dav/files/me%40x.org']);
  });

  it('is nowhere for what is no web address', () => {
    for (const url of ['', 'c.org', 'ftp://c.org', 'file:///etc']) expect(() => bases(url), url).to.throw(ToolFailure);
  });
});

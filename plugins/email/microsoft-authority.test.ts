import { expect } from 'chai';
import { ToolFailure } from 'pyra/plugin';
import { AuthorityNetwork } from './authority-network.js';
import { MICROSOFT_AUTHORITY, microsoftAuthority } from './microsoft-authority.js';

describe('where an account signs in at Microsoft', () => {
  it('is Microsoft itself when nothing else is answered', () => {
    for (const answer of [undefined, '', ' ']) expect(microsoftAuthority(answer).url).to.equal(MICROSOFT_AUTHORITY);
  });

  it('is the tenant that was answered', () => {
    expect(microsoftAuthority('https://login.microsoftonline.com/consumers/')).to.deep.equal({
      url: 'https://login.microsoftonline.com/consumers',
      origin: 'https://login.microsoftonline.com',
      host: 'login.microsoftonline.com',
    });
    expect(microsoftAuthority('https://localhost:8443/consumers').host).to.equal('localhost:8443');
  });

  for (const answer of [
    'http://login.microsoftonline.com/common',
    'common',
    'https://u:p@example.org/x',
    'https://example.org',
    'https://example.org/a/b',
    'https://example.org/a?x',
  ]) {
    it(`is not ${answer}`, () => {
      expect(() => microsoftAuthority(answer)).to.throw(ToolFailure, /^authority: /);
    });
  }

  it('is the only place that a request goes to', async () => {
    const network = new AuthorityNetwork('https://login.microsoftonline.com', undefined, new AbortController().signal);
    for (const url of [
      'https://evil.example/common/oauth2/v2.0/token',
      'http://login.microsoftonline.com/x',
      'https://login.microsoftonline.com:444/x',
      'x',
    ]) {
      const thrown = await network.sendPostRequestAsync(url, { body: 'refresh_token=x' }).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(thrown).to.be.instanceOf(ToolFailure);
      expect(String(thrown)).to.match(/was refused/);
    }
  });
});

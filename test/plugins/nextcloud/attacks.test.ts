import { expect } from 'chai';
import { meets } from '../../../bench/security/figure.js';
import { measureFiles } from '../../../bench/security/remote-files.js';
import { OWN_ATTACKS } from '../../support/own-attacks.js';
import { needs } from '../../support/servers/test-server.js';

describe('attacks by file on a model that obeys (needs apache2 and openssl)', function () {
  this.timeout(60_000).slow(20_000);

  it('have no effect without leave, by the plugin in its sandbox and by what the server shows', async function () {
    needs(this, 'apache2', 'openssl');
    const figures = await measureFiles(OWN_ATTACKS);
    expect(figures.length).to.be.greaterThan(4);
    expect(figures.filter((figure) => meets(figure) !== true)).to.deep.equal([]);
  });
});

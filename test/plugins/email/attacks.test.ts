import { expect } from 'chai';
import { meets } from '../../../bench/security/figure.js';
import { mailAttacks } from '../../../bench/security/mail-attacks.js';
import { measureMails } from '../../../bench/security/mails.js';
import { OWN_ATTACKS } from '../../support/own-attacks.js';
import { needs } from '../../support/servers/test-server.js';

describe('attacks by mail on a model that obeys (needs dovecot and openssl)', function () {
  this.timeout(60_000).slow(20_000);

  it('have no effect without leave, by the plugin in its sandbox and by what the servers show', async function () {
    needs(this, 'dovecot', 'openssl');
    const figures = await measureMails(mailAttacks(OWN_ATTACKS));
    expect(figures.length).to.be.greaterThan(5);
    expect(figures.filter((figure) => meets(figure) !== true)).to.deep.equal([]);
  });
});

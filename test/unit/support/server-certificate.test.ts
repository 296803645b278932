import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { makeCertificate } from '../../support/servers/certificate.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';

describe('the certificates of the test servers', () => {
  it('are by one authority: a good one, one for another host, an expired one', async () => {
    const folder = temporaryFolder();
    try {
      const good = await makeCertificate(folder);
      const other = await makeCertificate(folder, 'other-host');
      const expired = await makeCertificate(folder, 'expired');
      const read = (path: string) => new X509Certificate(readFileSync(path));
      const authority = read(good.ca);
      for (const { certificate } of [good, other, expired]) expect(read(certificate).verify(authority.publicKey)).to.equal(true);
      expect(read(good.certificate).checkHost('localhost')).to.equal('localhost');
      expect(read(good.certificate).checkIP('127.0.0.1')).to.equal('127.0.0.1');
      expect(read(other.certificate).checkHost('localhost')).to.equal(undefined);
      expect(read(expired.certificate).validToDate.getTime()).to.be.lessThan(Date.now());
      expect(read(good.certificate).validToDate.getTime()).to.be.greaterThan(Date.now());
    } finally {
      removeFolder(folder);
    }
  });
});

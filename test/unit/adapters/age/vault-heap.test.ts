import { expect } from 'chai';
import { heapAfterLock } from '../../../support/vault-heap.js';

describe('the heap of a process that has locked its vault', function () {
  this.timeout(30_000);

  it('holds neither passphrase nor value nor key after a collection', () => {
    expect(heapAfterLock()).to.deep.include({ status: 'locked', passphrase: 0, value: 0, identity: 0 });
  });

  it('would show a value that somebody kept', () => {
    expect(heapAfterLock(true).value).to.be.greaterThan(0);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { safeFileName } from './safe-file-name.js';

describe('names of files that strangers named', () => {
  const cases: readonly (readonly [given: string, name: string])[] = [
    ['contract.pdf', 'contract.pdf'],
    ['Rechnung März 2026.csv', 'Rechnung März 2026.csv'],
    ['../../.ssh/authorized_keys', 'authorized_keys'],
    ['C:\\Windows\\evil.exe', 'evil.exe'],
    ['.bashrc', 'bashrc'],
    ['..', 'attachment'],
    ['', 'attachment'],
    ['a\u202Efdp.exe', 'afdp.exe'],
    ['a\u0000b\n.txt', 'ab.txt'],
    ['CON.txt', '_CON.txt'],
  ];
  for (const [given, name] of cases) {
    it(`makes ${name} of ${JSON.stringify(given)}`, () => {
      expect(safeFileName(given)).to.equal(name);
    });
  }

  it('are one part of a path, without a dot in front, and short, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 130, maxLength: 200 })), (given) => {
        const name = safeFileName(given);
        expect(name).to.match(/^[^./\\\0][^/\\\0]*$/);
        expect(name.length).to.be.at.most(260);
      }),
      { numRuns: 40 },
    );
  });
});

import { expect } from 'chai';
import { isOwnAddress, isPublicAddress } from '../../../../../src/adapters/support/sandbox/public-address.js';

const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '172.15.255.255',
  '172.32.0.1',
  '192.169.0.1',
  '100.63.255.255',
  '2606:4700:4700::1111',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
];
const OTHERS = [
  ...[
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
  ],
  ...['192.0.0.8', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '239.1.1.1', '240.0.0.1', '255.255.255.255'],
  ...[
    '::',
    '::1',
    'fe80::1',
    'fec0::1',
    'fc00::1',
    'fd12:3456::1',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2001::1',
    '100::1',
    '3fff::1',
  ],
  ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:7f00:1', '::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b::10.0.0.1', '64:ff9b:1::1'],
  ...['fe80::1%eth0', '2606:4700::1%eth0', 'example.org', '', '127.1', '0x7f.0.0.1'],
];

describe('an address of the open internet', () => {
  for (const address of PUBLIC) it(`is ${address}`, () => expect(isPublicAddress(address)).to.equal(true));
  for (const address of OTHERS) it(`is not ${address || 'the empty text'}`, () => expect(isPublicAddress(address)).to.equal(false));

  it('tells those of this machine and its link from those of a private network', () => {
    const own = [
      '127.0.0.1',
      '127.9.9.9',
      '0.0.0.0',
      '169.254.169.254',
      '::1',
      '::',
      'fe80::1',
      '::ffff:127.0.0.1',
      '64:ff9b::a9fe:a9fe',
      'fe80::1%eth0',
      'x',
    ];
    for (const address of own) expect(isOwnAddress(address), address).to.equal(true);
    for (const address of ['10.0.0.1', '192.168.1.1', '172.16.0.1', 'fd00::1', '::ffff:10.0.0.1', '8.8.8.8'])
      expect(isOwnAddress(address), address).to.equal(false);
  });
});

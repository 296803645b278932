import { BlockList, isIP } from 'node:net';

/** IPv4 addresses that are not of the open internet (IANA's special-purpose registry, RFC 6890 and later). */
const SPECIAL: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** IPv6 addresses within the open internet's `2000::/3` that are not of it: tunnels, which may lead anywhere, and documentation. */
const SPECIAL_V6: readonly (readonly [network: string, bits: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const special = new BlockList();
for (const [network, bits] of SPECIAL) special.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of SPECIAL_V6) special.addSubnet(network, bits, 'ipv6');
const open = new BlockList();
open.addSubnet('2000::', 3, 'ipv6');
const mapped = new BlockList();
// `::ffff:a.b.c.d`, and the form in which networks with IPv6 alone reach IPv4 (RFC 6052).
mapped.addSubnet('::ffff:0:0', 96, 'ipv6');
mapped.addSubnet('64:ff9b::', 96, 'ipv6');

const own = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
] as const)
  own.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::', 127],
  ['fe80::', 10],
] as const)
  own.addSubnet(network, bits, 'ipv6');

/** Whether an address is one of the open internet: not private, of this machine, of this link, reserved, or a disguise of such. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !special.check(address, 'ipv4');
  if (family !== 6 || address.includes('%')) return false;
  if (mapped.check(address, 'ipv6')) return isPublicAddress(lastFour(address));
  return open.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

/** Whether an address is one of this machine or of its link, in whatever form. */
export function isOwnAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return own.check(address, 'ipv4');
  if (family !== 6 || address.includes('%')) return true;
  return mapped.check(address, 'ipv6') ? isOwnAddress(lastFour(address)) : own.check(address, 'ipv6');
}

/** The IPv4 address in the last four bytes of an IPv6 address. */
function lastFour(address: string): string {
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':');
  const [high = 0, low = 0] = groups.slice(-2).map((group) => Number.parseInt(group || '0', 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

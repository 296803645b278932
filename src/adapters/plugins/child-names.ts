import { isIP } from 'node:net';

/**
 * Stands in for a name server: the broker resolves names, so here each gets an address of `198.18.0.0/15` (RFC 2544: for tests between
 * devices, never on the internet), which a later connection turns back into the name.
 */
export class ChildNames {
  readonly #addresses = new Map<string, string>();
  readonly #names = new Map<string, string>();

  /** The address that stands for a name; an address stands for itself. */
  addressOf(name: string): string {
    if (isIP(name) !== 0) return name;
    const known = this.#addresses.get(name);
    if (known !== undefined) return known;
    const number = this.#addresses.size + 1;
    const address = `198.${18 + ((number >> 16) & 1)}.${(number >> 8) & 255}.${number & 255}`;
    this.#addresses.set(name, address);
    this.#names.set(address, name);
    return address;
  }

  /** The name that an address stands for; any other text is given back. */
  nameOf(host: string): string {
    return this.#names.get(host) ?? host;
  }
}

import { randomBytes, webcrypto } from 'node:crypto';
import { armor, Decrypter, Encrypter, type Identity, identityToRecipient } from 'age-encryption';
import type { Secret } from '../../core/domain/secret.js';
import { decodeIdentity, encodeIdentity } from './identity-text.js';
import { ScryptIdentity, ScryptRecipient } from './scrypt-stanza.js';

/** Thrown for a file that was sealed to another key or passphrase, or whose header was changed so that it looks like one. */
export class NoMatch extends Error {}

/** Thrown for a keyring that opened, and holds something else than one identity. */
export class NotAnIdentity extends Error {}

const PKCS8_X25519 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const LINE_FEED = 0x0a;

/**
 * The key that every secret is sealed to, held outside of the JavaScript heap: neither a string nor an array of it is left behind.
 * Changing the key means a second Keyring and sealing every secret to it, one file after the other.
 */
export class Keyring {
  readonly #key: webcrypto.CryptoKey;
  readonly #recipient: string;

  constructor(key: webcrypto.CryptoKey, recipient: string) {
    this.#key = key;
    this.#recipient = recipient;
  }

  /** Seals bytes as one age file. */
  async seal(plaintext: Uint8Array): Promise<Uint8Array> {
    const encrypter = new Encrypter();
    encrypter.addRecipient(this.#recipient);
    return encrypter.encrypt(plaintext);
  }

  /** Opens one age file; throws for every file that is not exactly as it was sealed to this key. */
  async open(file: Uint8Array): Promise<Uint8Array> {
    return openAge(file, [this.#key]);
  }
}

/** Makes a new key; `file` is the keyring file, sealed under the passphrase. */
export async function createKeyring(
  passphrase: Secret,
  workFactor: number,
): Promise<{ readonly keyring: Keyring; readonly file: Uint8Array }> {
  const scalar = randomBytes(32);
  const text = encodeIdentity(scalar);
  const plaintext = Buffer.concat([text, Buffer.of(LINE_FEED)]);
  try {
    const encrypter = new Encrypter();
    encrypter.addRecipient(new ScryptRecipient(passphrase, workFactor));
    const file = await encrypter.encrypt(plaintext);
    return { keyring: await keyringOf(scalar), file };
  } finally {
    for (const bytes of [scalar, text, plaintext]) bytes.fill(0);
  }
}

/** Opens a keyring file: throws {@link NoMatch} for a wrong passphrase, `WorkFactorTooHigh`, {@link NotAnIdentity}, or whatever the damage is. */
export async function openKeyring(file: Uint8Array, passphrase: Secret): Promise<Keyring> {
  const plaintext = await openAge(file, [new ScryptIdentity(passphrase)]);
  const scalar = identityIn(plaintext);
  plaintext.fill(0);
  if (scalar === undefined) throw new NotAnIdentity('there is not exactly one X25519 identity in it');
  try {
    return await keyringOf(scalar);
  } finally {
    scalar.fill(0);
  }
}

/** Decrypts an age file, armored or not, whole or not at all. Throws {@link NoMatch} when no identity fits. */
export async function openAge(file: Uint8Array, identities: readonly (Identity | webcrypto.CryptoKey | string)[]): Promise<Uint8Array> {
  let unmatched = false;
  const decrypter = new Decrypter();
  for (const identity of identities) {
    if (typeof identity === 'object' && 'unwrapFileKey' in identity) decrypter.addIdentity(identity);
    else decrypter.addIdentity(identity);
  }
  // Tried last: reaching it means that the header was read and nothing before it could open the file.
  decrypter.addIdentity({
    unwrapFileKey: () => {
      unmatched = true;
      return null;
    },
  });
  try {
    return await decrypter.decrypt(isArmored(file) ? armor.decode(Buffer.from(file).toString('latin1')) : file);
  } catch (error) {
    if (unmatched) throw new NoMatch('no key fits', { cause: error });
    throw error;
  }
}

function isArmored(file: Uint8Array): boolean {
  return /^\s*-----BEGIN AGE/.test(Buffer.from(file.subarray(0, 64)).toString('latin1'));
}

/** The one identity of an identity file; comments and empty lines are allowed, as `age-keygen` writes them. */
function identityIn(plaintext: Uint8Array): Uint8Array | undefined {
  const found: (Uint8Array | undefined)[] = [];
  for (let start = 0; start < plaintext.length; ) {
    const end = plaintext.indexOf(LINE_FEED, start);
    const line = plaintext.subarray(start, end < 0 ? undefined : end);
    const text = line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
    if (text.length > 0 && text[0] !== 0x23) found.push(decodeIdentity(text));
    start = end < 0 ? plaintext.length : end + 1;
  }
  return found.length === 1 ? found[0] : undefined;
}

async function keyringOf(scalar: Uint8Array): Promise<Keyring> {
  const encoded = Buffer.concat([PKCS8_X25519, scalar]);
  try {
    const key = await webcrypto.subtle.importKey('pkcs8', encoded, { name: 'X25519' }, false, ['deriveBits']);
    return new Keyring(key, await identityToRecipient(key));
  } finally {
    encoded.fill(0);
  }
}

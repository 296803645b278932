import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { type Identity, type Recipient, Stanza } from 'age-encryption';
import type { Secret } from '../../core/domain/secret.js';

/** The highest work factor that is opened: 20 already takes 1 GB of memory and some seconds. */
export const MAX_WORK_FACTOR = 20;

/** Thrown for a header that asks for a work factor over {@link MAX_WORK_FACTOR}. */
export class WorkFactorTooHigh extends Error {
  readonly workFactor: number;

  constructor(workFactor: number) {
    super(`the work factor ${workFactor} is too high`);
    this.workFactor = workFactor;
  }
}

const LABEL = 'age-encryption.org/v1/scrypt';
const SALT_BYTES = 16;
const FILE_KEY_BYTES = 16;
const TAG_BYTES = 16;
// The key is fresh for each file (its salt is random), so the format fixes the nonce at zero.
const NONCE = Buffer.alloc(12);
const CIPHER = 'chacha20-poly1305';

/**
 * The scrypt recipient of the age format (https://age-encryption.org/v1), with the key derivation on Node's thread pool: that of the
 * library runs in JavaScript and blocks the event loop for seconds. `workFactor` is the logarithm of scrypt's N.
 */
export class ScryptRecipient implements Recipient {
  readonly #passphrase: Secret;
  readonly #workFactor: number;

  constructor(passphrase: Secret, workFactor: number) {
    this.#passphrase = passphrase;
    this.#workFactor = workFactor;
  }

  async wrapFileKey(fileKey: Uint8Array): Promise<Stanza[]> {
    const salt = randomBytes(SALT_BYTES);
    const key = await deriveKey(this.#passphrase, salt, this.#workFactor);
    const cipher = createCipheriv(CIPHER, key, NONCE, { authTagLength: TAG_BYTES });
    const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
    key.fill(0);
    return [new Stanza(['scrypt', unpadded(salt), String(this.#workFactor)], body)];
  }
}

/** The scrypt identity of the age format; see {@link ScryptRecipient}. Throws {@link WorkFactorTooHigh} before any work. */
export class ScryptIdentity implements Identity {
  readonly #passphrase: Secret;

  constructor(passphrase: Secret) {
    this.#passphrase = passphrase;
  }

  async unwrapFileKey(stanzas: Stanza[]): Promise<Uint8Array | null> {
    const stanza = stanzas.find(({ args }) => args[0] === 'scrypt');
    if (stanza === undefined) return null;
    if (stanzas.length !== 1) throw new Error('a passphrase is not the only recipient');
    const [, saltText = '', workFactorText = ''] = stanza.args;
    const salt = Buffer.from(saltText, 'base64');
    const wellFormed = stanza.args.length === 3 && salt.length === SALT_BYTES && unpadded(salt) === saltText;
    if (!wellFormed || !/^[1-9][0-9]*$/.test(workFactorText) || stanza.body.length !== FILE_KEY_BYTES + TAG_BYTES) {
      throw new Error('the scrypt stanza is malformed');
    }
    const workFactor = Number(workFactorText);
    if (workFactor > MAX_WORK_FACTOR) throw new WorkFactorTooHigh(workFactor);
    const key = await deriveKey(this.#passphrase, salt, workFactor);
    const decipher = createDecipheriv(CIPHER, key, NONCE, { authTagLength: TAG_BYTES });
    key.fill(0);
    decipher.setAuthTag(stanza.body.subarray(FILE_KEY_BYTES));
    const fileKey = decipher.update(stanza.body.subarray(0, FILE_KEY_BYTES));
    try {
      decipher.final();
    } catch {
      return null;
    }
    return fileKey;
  }
}

function deriveKey(passphrase: Secret, salt: Uint8Array, workFactor: number): Promise<Buffer> {
  const [N, r, p] = [2 ** workFactor, 8, 1];
  return new Promise((resolve, reject) => {
    // Node refuses more than 32 MB unless told; the small addition is for scrypt's own blocks beside the big one.
    const maxmem = 128 * r * (N + p) + 1_048_576;
    scrypt(passphrase.reveal(), Buffer.concat([Buffer.from(LABEL), salt]), 32, { N, r, p, maxmem }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}

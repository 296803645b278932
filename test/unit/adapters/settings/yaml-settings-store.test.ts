import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { YamlSettingsStore } from '../../../../src/adapters/settings/yaml-settings-store.js';
import { isPyraError, type PyraError } from '../../../../src/core/domain/errors.js';
import { DEFAULT_SETTINGS, type Settings } from '../../../../src/core/domain/settings.js';
import { CHANGED_SETTINGS } from '../../../contract/settings-store.contract.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';
import { yamlSettingsStore } from '../../../support/yaml-settings-store.js';

describe('YamlSettingsStore', () => {
  let folder: string;
  let path: string;
  let store: YamlSettingsStore;

  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'config.yaml');
    store = yamlSettingsStore(folder);
  });

  afterEach(() => removeFolder(folder));

  const write = (text: string | Buffer): void => writeFileSync(path, text);
  const read = (): string => readFileSync(path, 'utf8');
  const failure = async (run: Promise<unknown> = store.load()): Promise<PyraError> => {
    const error = await run.catch((thrown: unknown) => thrown);
    expect(isPyraError(error, 'settings/invalid'), String(error)).to.equal(true);
    return error as PyraError;
  };
  const withModel = (settings: Settings, model: string): Settings => ({ ...settings, ai: { ...settings.ai, model } });

  it('fills in defaults, and takes empty values and blocks for them', async () => {
    for (const text of ['', '# only a comment\n', 'ai:\n', 'ai: {}\n', 'ai:\n  model:\n  max_rounds: ~\n', '---\n', '\ufeffmemory:\n']) {
      write(text);
      expect(await store.load(), JSON.stringify(text)).to.deep.equal(DEFAULT_SETTINGS);
    }
  });

  const wrong: readonly (readonly [what: string, text: string, message: string])[] = [
    ['an unknown key', 'ai:\n  modle: x\n', 'config.yaml line 2: ai.modle is unknown; did you mean ai.model?'],
    ['an unknown block', 'memry:\n  auto_load: true\n', 'config.yaml line 1: memry is unknown; did you mean memory?'],
    [
      'a key in the wrong block',
      '# x\n\nmax_tokens_in_context: 5\n',
      'config.yaml line 3: max_tokens_in_context is unknown; did you mean memory.max_tokens_in_context?',
    ],
    [
      'a key like no other',
      'zzzzzz: 1\n',
      'config.yaml line 1: zzzzzz is unknown; known here are ai, memory, security, plugins, mcp, daemon',
    ],
    ['a text for a flag', 'memory:\n  auto_load: yes\n', 'config.yaml line 2: memory.auto_load: expected true or false, found a text'],
    [
      'a text for a number',
      'ai:\n  max_rounds: many\n',
      'config.yaml line 2: ai.max_rounds: expected a whole number from 1 to 100, found a text',
    ],
    [
      'a number out of range',
      'ai: { max_rounds: 0 }\n',
      'config.yaml line 1: ai.max_rounds: expected a whole number from 1 to 100, found the number 0',
    ],
    [
      'a number for a text',
      'ai:\n  model: 4\n',
      'config.yaml line 2: ai.model: expected a text of 1 to 200 characters, found the number 4',
    ],
    ['an empty text', "ai:\n  model: ''\n", 'config.yaml line 2: ai.model: expected a text of 1 to 200 characters, found an empty text'],
    ['a text for a block', 'ai: openai\n', 'config.yaml line 1: ai: expected a block of settings, found a text'],
    ['a list for a block', 'ai:\n  options: [1]\n', 'config.yaml line 2: ai.options: expected a block of names and values, found a list'],
    [
      'a text for a list',
      'plugins:\n  enabled: email\n',
      'config.yaml line 2: plugins.enabled: expected a list of different names, found a text',
    ],
    [
      'a wrong word',
      'plugins:\n  require_approval: never\n',
      'config.yaml line 2: plugins.require_approval: expected effects or every-call, found a text',
    ],
    [
      'a wrong address',
      'ai:\n  base_url: ftp://x\n',
      'config.yaml line 2: ai.base_url: expected an address that begins with http:// or https:// and holds no name or password, found a text',
    ],
    [
      'a rule without a tool',
      'security:\n  rules:\n    - when: {}\n',
      'config.yaml line 3: security.rules.0.tool: expected a text of 1 to 200 characters, found nothing',
    ],
    [
      'an unknown key of a rule',
      'security:\n  rules:\n    - tool: a.b\n      whem: {}\n',
      'config.yaml line 4: security.rules.0.whem is unknown; did you mean security.rules.0.when?',
    ],
    ['a list at the top', '- ai\n', 'config.yaml expected names and values, found a list'],
    ['a text at the top', 'hello\n', 'config.yaml expected names and values, found a text'],
    [
      'two faults',
      'memory:\n  auto_load: 1\nai:\n  max_rounds: x\n',
      'config.yaml line 2: memory.auto_load: expected true or false, found the number 1; line 4: ai.max_rounds: expected a whole number from 1 to 100, found a text',
    ],
    [
      'a dangerous name',
      '__proto__: { model: x }\n',
      'config.yaml line 1: __proto__ is unknown; known here are ai, memory, security, plugins, mcp, daemon',
    ],
  ];
  for (const [what, text, message] of wrong) {
    it(`names ${what} with its line, what is expected and what was found`, async () => {
      write(text);
      const error = await failure();
      expect(error.message).to.equal(message);
      expect(error.hint).to.include('pyra config edit');
    });
  }

  for (const [what, text, line] of [
    ['a bracket that stays open', 'ai:\n  options: {a: 1\nmemory: {}\n', 3],
    ['a tab as indentation', 'ai:\n\tmodel: x\n', 2],
    ['a key given twice', 'ai:\n  model: x\nai:\n  model: y\n', 3],
    ['wrong indentation', 'ai:\n  model: x\n   base_url: y\n', 2],
    ['two documents', 'ai: {}\n---\nai: {}\n', 2],
  ] as const) {
    it(`names the line of broken YAML: ${what}`, async () => {
      write(text);
      expect((await failure()).message).to.match(new RegExp(`^config\\.yaml line ${line}: `));
    });
  }

  it('never repeats a value: it may be a secret in the wrong place', async () => {
    write('ai:\n  api_key: sk-CANARY-1\n  max_rounds: sk-CANARY-2\n  base_url: https://me:sk-CANARY-3@host/\n');
    const error = await failure();
    expect(error.message).not.to.include('CANARY');
    expect(error.message).to.include('pyra vault set NAME');
    write('ai:\n  model: "sk-CANARY-4\n');
    expect((await failure()).message).not.to.include('CANARY');
  });

  it('refuses an alias inside of what it names', async () => {
    write('ai: &a\n  options: *a\n');
    expect((await failure()).message).to.equal('config.yaml has an alias inside of what it names');
  });

  it('refuses an alias of nothing, and is not blown up by aliases of aliases', async () => {
    write('ai: *nowhere\n');
    expect((await failure()).message).to.equal('config.yaml has an alias that names nothing, or too many of them');
    const lists = Array.from({ length: 9 }, (_, level) => `  l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(',')}]`);
    write(`daemon:\n  l0: &l0 [x,x,x,x,x,x,x,x,x]\n${lists.join('\n')}\n`);
    const error = await store.load().catch((thrown: unknown) => thrown);
    expect(isPyraError(error, 'settings/invalid')).to.equal(true);
  });

  it('refuses numbers that JSON does not have', async () => {
    write('ai:\n  options: { temperature: .inf }\n');
    expect((await failure()).message).to.include('ai.options');
  });

  it('names a file that is not UTF-8, or huge, or cannot be read', async () => {
    write(Buffer.from([0x61, 0x69, 0x3a, 0xff, 0x0a]));
    expect((await failure()).message).to.equal('config.yaml is not UTF-8 text');
    write(`# ${'x'.repeat(1_100_000)}\n`);
    expect((await failure()).message).to.equal('config.yaml is larger than 1 MB');
    write('ai: {}\n');
    chmodSync(path, 0o000);
    const root = process.geteuid?.() === 0;
    if (root) chmodSync(folder, 0o755);
    // The rights of files do not bind root.
    if (root) process.seteuid?.(65_534);
    try {
      const error = await failure();
      expect(error.message).to.equal('config.yaml cannot be read');
      expect(error.hint).to.include('ls -l');
    } finally {
      if (root) process.seteuid?.(0);
    }
  });

  it('refuses a symbolic link in place of the file, for reading and for writing', async () => {
    writeFileSync(join(folder, 'target'), 'ai: {}\n');
    symlinkSync(join(folder, 'target'), path);
    for (const run of [() => store.load(), () => store.save(CHANGED_SETTINGS)]) {
      expect(isPyraError(await run().catch((thrown: unknown) => thrown), 'home/insecure')).to.equal(true);
    }
    expect(readFileSync(join(folder, 'target'), 'utf8')).to.equal('ai: {}\n');
  });

  describe('when it saves', () => {
    const byHand = [
      '# My settings',
      '',
      'plugins:            # what it may use',
      "  enabled: ['email']  # more later",
      '',
      'ai:',
      '    provider_id: "ollama"',
      '    # the small one',
      '    model: llama3.2   # 3B',
      '    options: {temperature: 0.7, stop: [a]}',
      'memory:',
      '  auto_load: true',
      '# the end',
      '',
    ].join('\n');

    it('keeps comments, order, quotes and blank lines, and changes only what changed', async () => {
      write(byHand);
      await store.save(withModel(await store.load(), 'qwen3:8b'));
      const lines = read().split('\n');
      const kept = ['# My settings', '', 'plugins:', '  # the small one', 'memory:', '# the end'];
      for (const line of kept)
        expect(
          lines.some((found) => found.trimStart().startsWith(line.trim())),
          line,
        ).to.equal(true);
      expect(read()).to.include('# what it may use').and.include('# more later').and.include('# 3B').and.include('"ollama"');
      expect(read()).to.include('model: qwen3:8b');
      expect(read().indexOf('plugins:')).to.be.lessThan(read().indexOf('ai:'));
      expect(read()).not.to.include('max_rounds').and.not.to.include('security');
    });

    it('changes nothing at all when nothing changed but the layout it does not know', async () => {
      write('ai:\n  model: x # y\n');
      await store.save(await store.load());
      expect(read()).to.equal('ai:\n  model: x # y\n');
    });

    it('adds, replaces and removes values of every kind', async () => {
      write(byHand);
      const settings = await store.load();
      await store.save(CHANGED_SETTINGS);
      expect(await yamlSettingsStore(folder).load()).to.deep.equal(CHANGED_SETTINGS);
      expect(read()).to.include('# the small one');
      await store.save(settings);
      expect(await yamlSettingsStore(folder).load()).to.deep.equal(settings);
      const { provider_id: _, ...ai } = settings.ai;
      await store.save({ ...settings, ai });
      expect((await yamlSettingsStore(folder).load()).ai).not.to.have.property('provider_id');
    });

    it('fills a block that was written down empty', async () => {
      for (const text of ['ai:\nmemory: {}\n', 'ai: {}\n', '# nothing\n', 'ai: ~ # none\n']) {
        write(text);
        await store.load();
        await store.save(CHANGED_SETTINGS);
        expect(await yamlSettingsStore(folder).load(), JSON.stringify(text)).to.deep.equal(CHANGED_SETTINGS);
      }
    });

    it('writes only what differs from the defaults into a new file, which says what it is', async () => {
      await store.save(withModel(DEFAULT_SETTINGS, 'gpt'));
      expect(read()).to.match(/^# The settings of Pyra.*\n+ai:\n {2}model: gpt\n$/);
      expect(statSync(path).mode & 0o777).to.equal(0o600);
      expect(readdirSync(folder)).to.deep.equal(['config.yaml']);
    });

    it('keeps what was changed by hand since it was loaded', async () => {
      write('ai:\n  model: a\n  max_rounds: 5\n');
      const settings = await store.load();
      write('ai:\n  model: a\n  max_rounds: 7 # more\n');
      await store.save(withModel(settings, 'b'));
      expect(read()).to.equal('ai:\n  model: b\n  max_rounds: 7 # more\n');
    });

    it('writes everything again when the file is gone', async () => {
      await store.save(CHANGED_SETTINGS);
      removeFolder(path);
      await store.save(CHANGED_SETTINGS);
      expect(await yamlSettingsStore(folder).load()).to.deep.equal(CHANGED_SETTINGS);
    });

    it('refuses values that do not fit, and leaves the file as it was', async () => {
      write(byHand);
      const settings = await store.load();
      const error = await failure(store.save({ ...settings, ai: { ...settings.ai, max_rounds: 1_000 } }));
      expect(error.message).to.equal('the settings are wrong: ai.max_rounds: expected a whole number from 1 to 100, found the number 1000');
      const unknown = { ...settings, memory: { ...settings.memory, autoload: true } } as Settings;
      expect((await failure(store.save(unknown))).message).to.include('did you mean memory.auto_load?');
      expect(read()).to.equal(byHand);
    });

    it('does not write over a file that is broken', async () => {
      write('ai: {\n');
      await failure(store.save(CHANGED_SETTINGS));
      expect(read()).to.equal('ai: {\n');
    });

    it('loses no change of two processes at once', async () => {
      write('ai:\n  model: a\nmemory:\n  auto_load: true\n');
      const [one, two] = [yamlSettingsStore(folder), yamlSettingsStore(folder)];
      const [first, second] = [await one.load(), await two.load()];
      await Promise.all([one.save(withModel(first, 'b')), two.save({ ...second, memory: { ...second.memory, auto_load: false } })]);
      const saved = await store.load();
      expect([saved.ai.model, saved.memory.auto_load]).to.deep.equal(['b', false]);
    });
  });

  describe('its cache', () => {
    const cache = (): string => join(folder, 'settings.json');
    const unused = (): never => {
      throw new Error('the parser was loaded');
    };
    const cachedOnly = (): YamlSettingsStore => new YamlSettingsStore(path, cache(), unused);

    it('spares the parser as long as the file is the same', async () => {
      write('ai:\n  model: x\n');
      const settings = await store.load();
      expect(statSync(cache()).mode & 0o777).to.equal(0o600);
      expect(await cachedOnly().load()).to.deep.equal(settings);
    });

    it('needs no parser where there is no file', async () => {
      expect(await cachedOnly().load()).to.deep.equal(DEFAULT_SETTINGS);
    });

    it('is not believed for another text, another version or when it is damaged', async () => {
      write('ai:\n  model: x\n');
      await store.load();
      const good = readFileSync(cache(), 'utf8');
      write('ai:\n  model: y\n');
      expect((await store.load()).ai.model).to.equal('y');
      for (const damaged of ['', '{', 'null', '[]', good.replace('"format":"1', '"format":"0')]) {
        writeFileSync(cache(), damaged);
        write('ai:\n  model: x\n');
        expect((await store.load()).ai.model).to.equal('x');
      }
    });

    it('never hides a fault', async () => {
      write('ai:\n  model: x\n');
      await store.load();
      write('ai:\n  modle: x\n');
      for (let turn = 0; turn < 2; turn += 1) await failure();
    });

    it('is done without where it cannot be written', async () => {
      mkdirSync(cache());
      write('ai:\n  model: x\n');
      expect((await store.load()).ai.model).to.equal('x');
      expect(existsSync(join(cache(), 'x'))).to.equal(false);
    });
  });
});

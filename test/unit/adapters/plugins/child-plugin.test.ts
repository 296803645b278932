import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { InMemorySystem } from '../../../../src/adapters/in-memory/in-memory-system.js';
import { ChildLauncher } from '../../../../src/adapters/plugins/child-launcher.js';
import { ChildPluginHost } from '../../../../src/adapters/plugins/child-plugin-host.js';
import { fileState } from '../../../../src/adapters/plugins/file-state.js';
import type { StartsChildren } from '../../../../src/adapters/plugins/starts-children.js';
import type { LaunchedChild } from '../../../../src/adapters/support/sandbox/launched-child.js';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import type { ConversationId, ToolName } from '../../../../src/core/domain/identifiers.js';
import type { JsonObject } from '../../../../src/core/domain/json.js';
import type { InstalledPlugin } from '../../../../src/core/domain/plugin.js';
import type { PluginAccount, PluginManifest } from '../../../../src/core/domain/plugin-manifest.js';
import type { ToolOutput } from '../../../../src/core/domain/tool.js';
import type { OpenPlugin } from '../../../../src/ports/plugin-host.js';
import { MemoryDesk } from '../../../support/memory-desk.js';
import { installedPlugin, manifestOf, pluginRuntime } from '../../../support/plugin-fixture.js';
import { makeCertificate } from '../../../support/servers/certificate.js';
import { PROJECT } from '../../../support/source-files.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const never = new AbortController().signal;
const CONTEXT = { conversation: 'conversation-1' as ConversationId, provenance: { kind: 'own' }, progress: () => undefined } as const;

/** Remembers the children that were started. */
class WatchedLauncher implements StartsChildren {
  readonly children: LaunchedChild[] = [];
  // The weakest tier, which is there everywhere; what the stronger ones add has tests of its own.
  readonly #inner: ChildLauncher;

  constructor(home: string) {
    this.#inner = new ChildLauncher({ home, tier: 'plain' });
  }

  async launch(request: Parameters<StartsChildren['launch']>[0]): Promise<LaunchedChild> {
    const child = await this.#inner.launch(request);
    this.children.push(child);
    return child;
  }

  tier(): ReturnType<StartsChildren['tier']> {
    return this.#inner.tier();
  }
}

describe('a plugin in a process of its own', function () {
  this.timeout(60_000);
  let root: string;
  let folder: string;
  let recorded: readonly string[];
  let runtime: string;
  let launcher: WatchedLauncher;
  let system: InMemorySystem;
  let desk: MemoryDesk;
  let logged: string[];
  const opened: OpenPlugin[] = [];

  before(async () => {
    runtime = await pluginRuntime();
  });

  beforeEach(() => {
    root = temporaryFolder();
    folder = join(root, 'home/plugins/sample');
    recorded = ['plugin.js was changed'];
    launcher = new WatchedLauncher(join(root, 'home'));
    system = new InMemorySystem();
    desk = new MemoryDesk();
    logged = [];
  });

  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
    removeFolder(root);
  });

  const open = (plugin: InstalledPlugin): OpenPlugin => {
    const host = new ChildPluginHost({
      launcher,
      runtime,
      system,
      files: (one) => fileState(one, async () => recorded),
      redact: (text) => text.replaceAll('a-secret-token', '[redacted]'),
      log: { write: (_plugin, text) => logged.push(text), flush: async () => undefined },
    });
    const one = host.open(plugin, desk);
    opened.push(one);
    return one;
  };

  /** A plugin with the tools `run` and `fine`, whose entry is this text. */
  const withSource = async (source: string, manifest: Partial<PluginManifest> = {}, files: Readonly<Record<string, string>> = {}) => {
    const whole = manifestOf({ tools: ['run', 'fine'], ...(manifest as object) });
    return installedPlugin(folder, whole, { [whole.entry]: source, ...files });
  };

  /** A plugin whose tool `run` does this. */
  const doing = async (body: string): Promise<OpenPlugin> =>
    open(
      await withSource(`
        import { createRequire } from 'node:module';
        import { writeSync } from 'node:fs';
        // Past everything that keeps the frames whole, as hostile code would write.
        const raw = (given) => {
          for (let bytes = Buffer.from(given); bytes.length > 0; ) {
            try { bytes = bytes.subarray(writeSync(1, bytes)); } catch (error) { if (error.code !== 'EAGAIN') throw error; }
          }
        };
        const frame = (value) => raw(JSON.stringify({ jsonrpc: '2.0', ...value }) + '\\n');
        export default { tools: { fine: () => 'fine', run: async (args, context) => { ${body} } } };
      `),
    );

  const call = (plugin: OpenPlugin, verb = 'run', args: JsonObject = {}, signal = never): Promise<ToolOutput> =>
    plugin.call(`sample.${verb}` as ToolName, args, signal, CONTEXT);

  /** Starts a call whose handler says `context.progress('running')`, and waits for that. */
  const running = async (plugin: OpenPlugin, signal = never): Promise<{ readonly output: Promise<unknown> }> => {
    const begun = Promise.withResolvers<void>();
    const context = { ...CONTEXT, progress: () => begun.resolve() };
    const output = plugin.call('sample.run' as ToolName, {}, signal, context).catch((error: unknown) => error);
    await begun.promise;
    return { output };
  };

  const failsWith = async (plugin: OpenPlugin, reason: RegExp): Promise<void> => {
    const output = await call(plugin);
    expect(output.outcome).to.equal('failed');
    expect(output.text).to.match(reason);
    expect(await call(plugin, 'fine')).to.deep.equal({ text: 'fine' });
  };

  const isAlive = (pid: number | undefined): boolean => pid !== undefined && existsSync(`/proc/${pid}`);

  it('does not take a call with it that began after one that does not stop was given up', async () => {
    const plugin = await doing(`
      context.progress('running');
      if (args.wait !== true) await new Promise(() => {});
      await new Promise((resolve) => setTimeout(resolve, 300));
      return 'waited';`);
    const controller = new AbortController();
    const { output } = await running(plugin, controller.signal);
    controller.abort(new Error('enough'));
    await output;
    const next = call(plugin, 'run', { wait: true });
    await new Promise((resolve) => setTimeout(resolve, 100));
    system.advance(2_100);
    expect(await next).to.deep.equal({ text: 'waited' });
  });

  describe('that breaks', () => {
    const CASES: readonly (readonly [what: string, body: string, reason: RegExp])[] = [
      [
        'writes garbage',
        `raw('hello\\n'); await new Promise(() => {})`,
        /broke the protocol: a frame is not JSON; it may have had its effect/,
      ],
      ['writes half a frame and ends', `raw('{"jsonrpc":'); process.exit(0)`, /ended with exit code 0/],
      ['writes what is not UTF-8', `raw(Buffer.from([0xff, 0x0a])); await new Promise(() => {})`, /not UTF-8/],
      ['answers what it was not asked', `frame({ id: 77, result: {} }); await new Promise(() => {})`, /not asked/],
      ['answers twice', `frame({ id: 2, result: { text: 'x', outcome: 'ok' } }); return 'y'`, /./],
      ['answers what is no result', `frame({ id: 2, result: { text: 7 } }); await new Promise(() => {})`, /no result/],
      ['answers a text that is none', `return { text: 7 }`, /has no text/],
      ['answers nothing', '', /neither a text/],
      ['floods', `for (;;) frame({ method: 'notifications/message', params: { data: 'x' } })`, /too many frames/],
      [
        'floods with bytes',
        `const data = 'x'.repeat(1_000_000); for (;;) frame({ method: 'notifications/message', params: { data } })`,
        /too much|too many/,
      ],
      ['writes a line that never ends', `const data = 'x'.repeat(1_000_000); for (;;) raw(data)`, /longer than 4194304 bytes/],
      [
        'asks for too many secrets at once',
        `for (let id = 0; id < 99; id += 1) frame({ id, method: 'secrets/get', params: { name: 'slow' } }); await new Promise(() => {})`,
        /more than 64|not asked/,
      ],
      [
        'nests deeply',
        `frame({ method: 'x', params: { x: JSON.parse('['.repeat(100) + ']'.repeat(100)) } }); await new Promise(() => {})`,
        /nested/,
      ],
      ['exits', 'process.exit(7)', /ended with exit code 7; it may have had its effect/],
      ['kills itself', `process.kill(process.pid, 'SIGKILL')`, /was ended by SIGKILL/],
      ['throws where nobody catches', `setTimeout(() => { throw new Error('late') }); await new Promise(() => {})`, /exit code 1/],
      ['rejects where nobody catches', `Promise.reject(new Error('late')); await new Promise(() => {})`, /exit code 1/],
      ['closes its output', `createRequire('/')('node:fs').closeSync(1); await new Promise(() => {})`, /closed its output/],
      ['throws what is no error', `throw 'text'`, /what is no error/],
      ['throws an error whose message cannot be had', `throw { get message() { throw new Error('x') } }`, /no error/],
    ];
    for (const [what, body, reason] of CASES) {
      it(`fails and is opened anew when it ${what}`, async () => {
        if (what === 'asks for too many secrets at once') desk.secret = () => new Promise(() => undefined);
        if (what === 'answers twice') {
          const plugin = await doing(body);
          expect(await call(plugin)).to.deep.equal({ text: 'x' });
          await launcher.children[0]?.ended;
          expect(await call(plugin, 'fine')).to.deep.equal({ text: 'fine' });
          return;
        }
        await failsWith(await doing(body), reason);
      });
    }

    it('is not taken at its word about what it has', async () => {
      for (const result of ['{ tools: 7 }', '{ tools: [7], previews: [] }', '{ tools: [], previews: null }', '"x"']) {
        const plugin = open(
          await withSource(`
            import { writeSync } from 'node:fs';
            writeSync(1, JSON.stringify({ jsonrpc: '2.0', id: 1, result: ${result} }) + '\\n');
            await new Promise(() => setInterval(() => {}, 1000));
            export default { tools: {} };
          `),
        );
        const thrown = await plugin.handlers(never).catch((error: unknown) => error);
        expect((thrown as Error).message).to.contain('no names of handlers');
        await plugin.close();
      }
    });

    it('shows no more than a person can read, however much it says', async () => {
      const plugin = await doing(
        `for (let line = 0; line < 4_000; line += 1) frame({ method: 'notifications/progress', params: { requestId: 2, message: 'x'.repeat(4_000) } }); return 'fine'`,
      );
      const said: string[] = [];
      const output = await plugin.call('sample.run' as ToolName, {}, never, { ...CONTEXT, progress: (text) => said.push(text) });
      expect(output).to.deep.equal({ text: 'fine' });
      expect(said.length).to.be.within(100, 1_000);
    });

    it('is given a secret no more often than it can need it', async () => {
      let asked = 0;
      const get = desk.secret.bind(desk);
      desk.secret = (name) => {
        asked += 1;
        return get(name);
      };
      const plugin = await doing(`
        let words = '';
        for (let turn = 0; turn < 2_000 && words === ''; turn += 1) {
          await context.secrets.get('token').catch((error) => { words = error.message; });
        }
        return words;
      `);
      expect((await call(plugin)).text).to.equal('it asks for secrets too often: it has to wait');
      expect(asked).to.be.within(200, 300);
    });

    it('is given what its calls need, however many come one after the other', async () => {
      const plugin = await doing(`
        for (let turn = 0; turn < 5; turn += 1) await context.secrets.get('token');
        return 'fine';
      `);
      for (let count = 0; count < 100; count += 1) expect((await call(plugin)).text).to.equal('fine');
    });

    it('writes why it ended, and what it said on stderr, to the log', async () => {
      const plugin = await doing(`console.error('about to end'); console.log('and this'); process.exit(7)`);
      await call(plugin);
      expect(logged.join('\n')).to.contain('about to end').and.to.contain('and this').and.to.contain('ended with exit code 7');
    });

    it('says no stack and no more than name and message of what a handler threw, and logs that', async () => {
      const plugin = await doing(`throw new RangeError('out of range')`);
      expect((await call(plugin)).text).to.equal('RangeError: out of range');
      expect(logged).to.deep.equal(['sample.run broke: RangeError: out of range']);
    });

    it('is ended when it spins and does not see the cancel', async () => {
      const plugin = await doing(`context.progress('running'); await new Promise((go) => setTimeout(go, 20)); for (;;);`);
      const controller = new AbortController();
      const { output } = await running(plugin, controller.signal);
      await new Promise((resolve) => setTimeout(resolve, 200));
      controller.abort(new Error('enough'));
      expect(await output).to.have.property('message', 'enough');
      system.advance(1_900);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(isAlive(launcher.children[0]?.pid())).to.equal(true);
      system.advance(200);
      await launcher.children[0]?.ended;
      expect((await call(plugin, 'fine')).text).to.equal('fine');
      expect(logged).to.include('did not stop when it was told to');
    });

    it('is told of in the log when it is closed before it had stopped', async () => {
      const plugin = await doing(`context.progress('running'); await new Promise(() => {})`);
      const controller = new AbortController();
      const { output } = await running(plugin, controller.signal);
      controller.abort(new Error('enough'));
      await output;
      await plugin.close();
      expect(logged).to.deep.equal(['had not stopped when it was told to, and was ended']);
    });

    it('ends when it takes too much memory', async () => {
      const plugin = await doing(
        `const kept = []; for (;;) { kept.push(Buffer.alloc(64 * 1024 * 1024, 1)); await new Promise((go) => setTimeout(go, 50)); }`,
      );
      await failsWith(plugin, /more than 512 MB of memory/);
    });
  });

  describe('that answers much', () => {
    it('gives frames of nearly 4 MB', async () => {
      const plugin = await doing(`
        const text = 'x'.repeat(1_000_000);
        return { text, data: Array.from({ length: 100 }, () => 'y'.repeat(5_000)) };
      `);
      const { text, data } = await call(plugin);
      expect(text).to.have.lengthOf(1_000_000);
      expect(data).to.have.lengthOf(100);
    });

    it('cuts a text whose escapes are six times as long, and leaves no half characters', async () => {
      for (const piece of ['\\u0001', '\\u{1f99c}', '\\ud800']) {
        const { text, outcome } = await call(await doing(`return '${piece}'.repeat(1_000_000)`));
        expect(outcome).to.equal(undefined);
        expect(text).to.match(/\n\[cut: the first \d+ of \d+ bytes\]$/);
        expect(text.isWellFormed()).to.equal(true);
        await opened.pop()?.close();
      }
    });

    it('leaves out data that are no JSON, too deep or too long, and says so', async () => {
      for (const [data, reason] of [
        ['{ at: 1n }', /type bigint/],
        ['JSON.parse("[".repeat(90) + "]".repeat(90))', /deep/],
        ['"x".repeat(600_000)', /too long/],
        ['(() => { const loop = {}; loop.loop = loop; return loop; })()', /deep/],
      ] as const) {
        const output = await call(await doing(`return { text: 'fine', data: ${data} }`));
        expect(output).not.to.have.property('data');
        expect(output.text)
          .to.match(/^fine\n\[the data of this answer/)
          .and.to.match(reason);
        await opened.pop()?.close();
      }
    });
  });

  it('may answer as much as it is asked for', async () => {
    const plugin = await doing(`return 'x'.repeat(1_000_000)`);
    for (let turn = 0; turn < 40; turn += 1) expect((await call(plugin)).text).to.have.lengthOf(1_000_000);
    expect(launcher.children).to.have.lengthOf(1);
  });

  describe('with its console and streams', () => {
    it('cannot disturb the frames by accident', async () => {
      const plugin = await doing(`
        console.log('one'); process.stdout.write('two\\n'); createRequire('/')('node:console').log('three');
        const { stdout } = await import('node:process'); stdout.write('four\\n');
        return 'fine';
      `);
      expect((await call(plugin)).text).to.equal('fine');
      await new Promise((resolve) => setTimeout(resolve, 200));
      for (const said of ['one', 'two', 'three', 'four']) expect(logged.join('')).to.contain(said);
    });

    it('finds an empty stdin, and no environment', async () => {
      const plugin = await doing(`
        const pieces = []; for await (const piece of process.stdin) pieces.push(piece);
        return JSON.stringify([pieces, Object.keys(process.env)]);
      `);
      const [pieces, names] = JSON.parse((await call(plugin)).text) as [string[], string[]];
      expect(pieces).to.deep.equal([]);
      expect(names.filter((name) => !['HOME', 'TZ', 'MALLOC_ARENA_MAX', 'PWD', 'SHLVL', '_'].includes(name))).to.deep.equal([]);
    });

    it('says much without being taken for a flood', async () => {
      const plugin = await doing(
        `for (let line = 0; line < 100_000; line += 1) { context.log('line ' + line); context.progress('line'); } return 'fine'`,
      );
      expect((await call(plugin)).text).to.equal('fine');
    });
  });

  describe('as it is loaded', () => {
    const SAYS_FINE = `export default definePlugin({ tools: { run: () => 'run', fine: () => said } });`;

    it('takes an ES module, a CommonJS module and a bundle of one', async () => {
      const entries: readonly (readonly [entry: string, source: string])[] = [
        ['plugin.js', `import { definePlugin } from 'pyra/plugin';\nconst said = 'fine';\n${SAYS_FINE}`],
        ['plugin.mjs', `import { definePlugin } from 'pyra/plugin';\nconst said = 'fine';\n${SAYS_FINE}`],
        [
          'plugin.cjs',
          `const { definePlugin } = require('pyra/plugin');\nmodule.exports = definePlugin({ tools: { run: () => 'run', fine: () => 'fine' } });`,
        ],
        [
          'plugin.cjs',
          `Object.defineProperty(exports, '__esModule', { value: true });\nexports.default = { tools: { run: () => 'run', fine: () => 'fine' } };`,
        ],
        ['plugin.js', `module.exports = { tools: { run: () => 'run', fine: () => 'fine' } };`],
        ['plugin.ts', `import { definePlugin } from 'pyra/plugin';\nconst said: string = 'fine';\n${SAYS_FINE}`],
      ];
      for (const [entry, source] of entries) {
        const plugin = open(await withSource(source, { entry }));
        expect(await call(plugin, 'fine'), source).to.deep.equal({ text: 'fine' });
        await plugin.close();
      }
    });

    it('finds relative modules by the name that they have or had', async () => {
      const source = (specifier: string): string =>
        `import { definePlugin } from 'pyra/plugin';\nimport { said } from '${specifier}';\n${SAYS_FINE}`;
      for (const [specifier, path, text] of [
        ['./said.ts', 'said.js', `export const said = 'fine';`],
        ['./said.js', 'said.ts', `export const said: string = 'fine';`],
        ['./parts/said.js', 'parts/said.js', `export const said = 'fine';`],
      ] as const) {
        const plugin = open(await withSource(source(specifier), {}, { [path]: text }));
        expect(await call(plugin, 'fine'), specifier).to.deep.equal({ text: 'fine' });
        await plugin.close();
        rmSync(join(folder, path));
      }
    });

    it('has a ToolFailure that is told from other errors', async () => {
      const plugin = open(
        await withSource(`import { ToolFailure } from 'pyra/plugin';
          export default { tools: { fine: () => 'fine', run: () => { throw new ToolFailure('no such mail'); } } };`),
      );
      expect(await call(plugin)).to.deep.equal({ outcome: 'failed', text: 'no such mail' });
    });

    it('takes handlers by own properties alone', async () => {
      const plugin = open(
        await withSource(
          `export default { tools: Object.create({ run: () => 'inherited' }, { fine: { value: () => 'fine', enumerable: true } }) };`,
        ),
      );
      expect(await plugin.handlers(never)).to.deep.equal({ tools: ['fine'], previews: [], check: false });
      expect((await call(plugin)).text).to.equal('there is no handler for run');
    });

    for (const [what, source, reason] of [
      ['has a fault in its syntax', 'export default {', /cannot be loaded: SyntaxError/],
      ['throws while it is loaded', `throw new Error('no')`, /cannot be loaded: Error: no/],
      ['exports nothing', 'export {};', /does not export a plugin/],
      ['exports a text', `export default 'plugin';`, /does not export a plugin/],
      ['has no tools', 'export default {};', /does not export a plugin/],
      ['imports what is not there', `import 'left-pad'; export default { tools: {} };`, /cannot be loaded/],
      ['ends while it is loaded', 'process.exit(5)', /ended with exit code 5/],
    ] as const) {
      it(`says why when it ${what}`, async () => {
        const plugin = open(await withSource(source));
        expect((await call(plugin)).text).to.match(reason);
        const thrown = await plugin.handlers(never).catch((error: unknown) => error);
        expect(isPyraError(thrown, 'plugin/crashed')).to.equal(true);
        expect((thrown as Error).message).to.match(reason);
      });
    }

    it('ends when it does not load within half a minute, and no caller has to wait for that', async () => {
      const plugin = open(await withSource('await new Promise(() => setInterval(() => {}, 1000)); export default { tools: {} };'));
      const waiting = call(plugin);
      const impatient = call(plugin, 'fine', {}, AbortSignal.timeout(200)).catch((error: unknown) => error);
      expect(await impatient).to.have.property('name', 'TimeoutError');
      system.advance(30_100);
      expect((await waiting).text).to.match(/did not start in time/);
    });
  });

  describe('whose files are looked at before each start', () => {
    it('is blocked when one was changed, added or removed, or is a link', async () => {
      const changes: readonly (() => void)[] = [
        () => writeFileSync(join(folder, 'plugin.js'), 'changed'),
        () => writeFileSync(join(folder, 'added.js'), ''),
        () => rmSync(join(folder, 'manifest.json')),
        () => symlinkSync('/etc', join(folder, 'link')),
        () => symlinkSync('/etc/passwd', join(folder, 'data', 'link')),
      ];
      for (const change of changes) {
        removeFolder(folder);
        mkdirSync(folder, { recursive: true });
        const plugin = open(await withSource('export default { tools: { run: () => 1, fine: () => "fine" } };'));
        desk.blocks.splice(0);
        change();
        const started = launcher.children.length;
        expect((await call(plugin, 'fine')).text).to.contain('its files are not those that were accepted');
        expect(desk.blocks).to.have.lengthOf(1);
        expect(launcher.children).to.have.lengthOf(started);
      }
    });

    it('is not run, and not blocked either, when the person has accepted other files since', async () => {
      const plugin = open(await withSource('export default { tools: { run: () => 1, fine: () => "fine" } };'));
      writeFileSync(join(folder, 'plugin.js'), 'changed');
      recorded = [];
      expect((await call(plugin, 'fine')).text).to.contain('was changed since Pyra was started');
      expect(desk.blocks).to.deep.equal([]);
    });

    it('may write into its data folder', async () => {
      const plugin = await doing(`
        const fs = await import('node:fs');
        fs.writeFileSync(context.dataDir + '/state', 'kept');
        try { fs.writeFileSync(context.dataDir + '/../plugin.js', 'x'); return 'wrote its code'; } catch (error) { return error.code; }
      `);
      expect((await call(plugin)).text).to.match(/ERR_ACCESS_DENIED|EROFS/);
      expect(readFileSync(join(folder, 'data', 'state'), 'utf8')).to.equal('kept');
    });
  });

  it('says nothing to the person that a terminal would obey, and no secret', async () => {
    const plugin = open(
      await withSource(`export default { tools: { run: () => '', fine: () => 'fine' }, check: (account, { progress }) => {
        progress('\\u001b[2Ja-secret-token'); throw new Error('\\u001b]0;x\\u0007a-secret-token \\u202e');
      } };`),
    );
    const said: string[] = [];
    const thrown = await plugin.check('main' as PluginAccount, never, (text) => said.push(text)).catch((error: unknown) => error);
    expect(said).to.deep.equal(['[redacted]']);
    expect((thrown as Error).message).to.equal('Error: [redacted] \\u{202e}');
  });

  it('is started anew when the answers changed, but not under a running call', async () => {
    const plugin = await doing(`
      context.progress('running');
      const { existsSync } = await import('node:fs');
      while (!existsSync(context.dataDir + '/go')) await new Promise((go) => setTimeout(go, 10));
      return 'slow';
    `);
    const { output } = await running(plugin);
    desk.answers = { main: { user: 'bob' } } as never;
    expect((await call(plugin, 'fine')).text).to.equal('fine');
    expect(launcher.children).to.have.lengthOf(1);
    writeFileSync(join(folder, 'data', 'go'), '');
    expect(await output).to.deep.equal({ text: 'slow' });
    expect((await call(plugin, 'fine')).text).to.equal('fine');
    expect(launcher.children).to.have.lengthOf(2);
  });

  it('trusts the certificate that the person named', async () => {
    const { ca } = await makeCertificate(root);
    const certificate = readFileSync(ca, 'utf8').trim();
    mkdirSync(join(folder, 'data'), { recursive: true });
    copyFileSync(ca, join(folder, 'data', 'main.ca.pem'));
    desk.answers = { main: { ca: 'main.ca.pem' }, work: { ca: '../../etc/passwd' } } as never;
    const plugin = open(
      await withSource(
        `import tls from 'node:tls';
         const trusted = (pem) => String(tls.getCACertificates('default').map((one) => one.trim()).includes(pem));
         export default { tools: { fine: () => 'fine', run: ({ pem }) => trusted(pem) } };`,
        { setup: [{ key: 'ca', label: 'CA', kind: 'file' }] },
      ),
    );
    expect((await call(plugin, 'run', { pem: certificate })).text).to.equal('true');
    expect((await call(plugin, 'run', { pem: 'another' })).text).to.equal('false');
  });

  it('starts one process for calls that come at the same time', async () => {
    const plugin = await doing(`return 'ran'`);
    const outputs = await Promise.all(Array.from({ length: 5 }, () => call(plugin)));
    expect(outputs.map(({ text }) => text)).to.deep.equal(Array.from({ length: 5 }, () => 'ran'));
    expect(launcher.children).to.have.lengthOf(1);
  });

  it('is gone when it was closed, in the middle of a call too', async () => {
    const plugin = await doing(`context.progress('running'); await new Promise(() => {})`);
    const { output } = await running(plugin);
    const pid = launcher.children[0]?.pid();
    expect(isAlive(pid)).to.equal(true);
    await plugin.close();
    expect(await output).to.have.property('outcome', 'failed');
    expect(isAlive(pid)).to.equal(false);
  });

  it('is gone when it was closed while it started', async () => {
    const plugin = await doing(`return 'ran'`);
    const output = call(plugin);
    await plugin.close();
    expect((await output).outcome).to.equal('failed');
    await Promise.all(launcher.children.map(({ ended }) => ended));
    expect(launcher.children.filter((child) => isAlive(child.pid()))).to.deep.equal([]);
  });

  it('ends by itself after two idle minutes', async () => {
    const plugin = await doing(`return 'ran'`);
    await call(plugin);
    system.advance(121_000);
    expect(await launcher.children[0]?.ended).to.deep.equal({ code: 0, signal: null });
    expect(logged).to.deep.equal([]);
  });

  it('keeps no process alive that has nothing to ask it any more', async () => {
    const plugin = await withSource(`export default { tools: { run: () => 'ran', fine: () => 'fine' } };`);
    const script = `
      import { ChildPluginHost } from '${PROJECT}build/src/adapters/plugins/child-plugin-host.js';
      import { ChildLauncher } from '${PROJECT}build/src/adapters/plugins/child-launcher.js';
      import { NodeSystem } from '${PROJECT}build/src/adapters/support/node-system.js';
      const host = new ChildPluginHost({ launcher: new ChildLauncher({ home: ${JSON.stringify(join(root, 'home'))} }), runtime: ${JSON.stringify(runtime)}, system: new NodeSystem(),
        files: async () => ({ kind: 'accepted' }), redact: (text) => text, log: { write: () => {}, flush: async () => {} } });
      const desk = { secret: async () => undefined, setSecret: async () => {}, settings: async () => ({}), block: async () => {} };
      const open = host.open(${JSON.stringify(plugin)}, desk);
      const { text } = await open.call('sample.run', {}, new AbortController().signal, { progress: () => {} });
      console.log(text);
    `;
    const start = performance.now();
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (piece) => {
      said += String(piece);
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(said).to.equal('ran\n');
    expect(code).to.equal(0);
    // The plugin itself stays for two minutes.
    expect(performance.now() - start).to.be.lessThan(60_000);
  });

  it('leaves nothing behind', async () => {
    const temporary = join(root, 'temporary');
    mkdirSync(temporary);
    const before = process.env.TMPDIR;
    process.env.TMPDIR = temporary;
    try {
      const plugin = await doing(`return 'ran'`);
      await call(plugin);
      await plugin.close();
      expect(readdirSync(temporary)).to.deep.equal([]);
      expect(readdirSync(join(folder, 'data'))).to.deep.equal([]);
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });
});

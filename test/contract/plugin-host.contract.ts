import { expect } from 'chai';
import type { InMemorySystem } from '../../src/adapters/in-memory/in-memory-system.js';
import { isPyraError } from '../../src/core/domain/errors.js';
import type { ConversationId, ToolName } from '../../src/core/domain/identifiers.js';
import type { JsonObject, JsonValue } from '../../src/core/domain/json.js';
import type { InstalledPlugin } from '../../src/core/domain/plugin.js';
import { MAIN_ACCOUNT } from '../../src/core/domain/plugin-manifest.js';
import type { ToolCallContext, ToolOutput } from '../../src/core/domain/tool.js';
import type { OpenPlugin, PluginHost } from '../../src/ports/plugin-host.js';
import type { Subject } from '../support/harness.js';
import { MemoryDesk } from '../support/memory-desk.js';
import { manifestOf } from '../support/plugin-fixture.js';

/** A host under test, with what it takes to test it. */
export interface PluginHostSubject extends Subject<PluginHost> {
  /** The sample plugin of {@link SAMPLE_MANIFEST} as it is installed for this host. */
  plugin(): Promise<InstalledPlugin>;
  /** The clock that the host goes by. */
  readonly system: InMemorySystem;
}

/** One row of the table of hosts. */
export interface PluginHostHarness {
  readonly name: string;
  /** Skips, visibly, what cannot be tested on this machine. */
  needs?(test: Mocha.Context): Promise<void>;
  create(): Promise<PluginHostSubject>;
}

/** The plugin that every host runs for this contract; its handlers are in the table. */
export const SAMPLE_MANIFEST = manifestOf({
  name: 'sample',
  secrets: ['token'],
  tools: [
    { name: 'echo', preview: true, effect: 'egress', destinations: ['to'], timeout: 5, summary: 'echo {text}' },
    { name: 'refuse', preview: true },
    ...['break', 'count', 'crash', 'deaf', 'polite', 'large', 'secret', 'keep', 'settings', 'talk'],
  ],
});

const never = new AbortController().signal;

/** What every PluginHost guarantees. */
export function pluginHostContract(harness: PluginHostHarness): void {
  describe(`${harness.name} as a host of plugins`, function () {
    this.timeout(60_000);
    let subject: PluginHostSubject;
    let plugin: InstalledPlugin;
    let desk: MemoryDesk;
    let open: OpenPlugin;
    let progress: string[];

    const context: ToolCallContext = {
      conversation: 'conversation-1' as ConversationId,
      provenance: { kind: 'own' },
      progress: (text) => progress.push(text),
    };
    const call = (verb: string, args: JsonObject = {}, signal = never): Promise<ToolOutput> =>
      open.call(`sample.${verb}` as ToolName, args, signal, context);

    const aborted = async (work: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> => {
      const controller = new AbortController();
      const result = work(controller.signal).catch((error: unknown) => error);
      setTimeout(() => controller.abort(new Error('enough')), 50);
      return result;
    };

    before(async function () {
      await harness.needs?.(this);
      // The first of them builds what it needs.
      await (await harness.create()).dispose?.();
    });

    beforeEach(async () => {
      subject = await harness.create();
      plugin = await subject.plugin();
      desk = new MemoryDesk();
      progress = [];
      open = subject.port.open(plugin, desk);
    });

    afterEach(async () => {
      await open.close();
      await subject.dispose?.();
    });

    it('offers the tools of the manifest, with the digest of the files, and runs nothing for that', async () => {
      const tools = await open.tools();
      expect(tools.map(({ name }) => name)).to.deep.equal(SAMPLE_MANIFEST.tools.map(({ name }) => `sample.${name}`));
      expect(tools[0]).to.include({ effect: 'egress', preview: true, timeout: 5, summary: 'echo {text}', code: plugin.digest });
      expect(tools[2]).not.to.have.property('preview');
      await call('count');
      await open.tools();
      expect((await call('count')).text).to.equal('2');
    });

    it('gives back text of every kind as it is', async () => {
      for (const text of ['', 'naïve 東京 🦜', 'a\u2028b\u2029c\r\nd\te', '"\\u0000\\"', '\u0000\u001b[31m']) {
        expect(await call('echo', { text })).to.deep.include({ text });
      }
    });

    it('says who wrote what a plugin answers', async () => {
      expect((await call('echo', { text: 'hello', from: 'alice@example.org' })).provenance).to.deep.equal({
        kind: 'external',
        source: 'alice@example.org',
      });
      expect((await call('echo', { text: 'hello' })).provenance).to.equal(undefined);
    });

    it('tells an expected failure by its message alone', async () => {
      expect(await call('refuse')).to.deep.equal({ outcome: 'failed', text: 'there is no such mail' });
    });

    it('tells that a handler broke by name and message, without a stack, and goes on', async () => {
      expect(await call('break')).to.deep.equal({ outcome: 'failed', text: 'TypeError: it is not a function' });
      expect((await call('echo', { text: 'still here' })).text).to.equal('still here');
    });

    it('answers `failed` for a tool that it does not have, also for names that every object has', async () => {
      for (const verb of ['nothing', 'constructor', 'to_string', '__proto__']) expect((await call(verb)).outcome).to.equal('failed');
      expect((await open.call('other.echo' as ToolName, {}, never, context)).outcome).to.equal('failed');
    });

    it('refuses arguments of more than 64 KB or 32 levels, without running anything', async () => {
      let deep: JsonValue = 'x';
      for (let level = 0; level < 33; level += 1) deep = [deep];
      expect(await call('count', { text: 'x'.repeat(65_600) })).to.deep.include({ outcome: 'failed' });
      expect(await call('count', { deep })).to.deep.include({ outcome: 'failed' });
      expect((await call('count')).text).to.equal('1');
    });

    it('reuses a warm plugin, and ends it after two minutes without a call', async () => {
      await call('count');
      subject.system.advance(119_000);
      expect((await call('count')).text).to.equal('2');
      subject.system.advance(119_000);
      expect((await call('count')).text).to.equal('3');
      subject.system.advance(121_000);
      expect((await call('count')).text).to.equal('1');
    });

    it('does not count a running call as idle', async () => {
      await call('count');
      const controller = new AbortController();
      const running = call('polite', {}, controller.signal).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 50));
      subject.system.advance(121_000);
      controller.abort();
      await running;
      expect((await call('count')).text).to.equal('2');
    });

    it('counts the idle time from the end of a call that was given up', async () => {
      await call('count');
      await aborted((signal) => call('polite', {}, signal));
      await new Promise((resolve) => setTimeout(resolve, 300));
      subject.system.advance(121_000);
      expect((await call('count')).text).to.equal('1');
    });

    it('answers calls that run at the same time, each with its own', async () => {
      const texts = Array.from({ length: 20 }, (_, index) => `text ${index}`);
      const outputs = await Promise.all(texts.map((text) => call('echo', { text })));
      expect(outputs.map(({ text }) => text)).to.deep.equal(texts);
    });

    it('cuts an answer of more than 1 MB, and says so', async () => {
      const { text, outcome } = await call('large', { characters: 2_000_000 });
      expect(outcome).to.equal(undefined);
      expect(text.length).to.be.within(1_000_000, 1_100_000);
      expect(text.slice(-60)).to.match(/\[cut: the first \d+ of 2000000 bytes\]$/);
    });

    it('gives a declared secret, and none that is not', async () => {
      expect((await call('secret', { name: 'token' })).text).to.equal('a-secret-token');
      expect((await call('secret', { name: 'openai' })).text).to.equal('none');
      expect(desk.asked).to.deep.equal(['token', 'openai']);
    });

    it('tells the plugin why a secret cannot be had', async () => {
      expect(await call('secret', { name: 'locked' })).to.deep.include({ outcome: 'failed' });
      expect((await call('secret', { name: 'locked' })).text).to.equal('the vault is locked; open it first');
    });

    it('stores a secret that is declared, and none that is not', async () => {
      expect((await call('keep', { name: 'token', value: 'renewed' })).text).to.equal('kept');
      expect((await call('keep', { name: 'other', value: 'x' })).outcome).to.equal('failed');
      expect(desk.stored).to.deep.equal([['token', 'renewed']]);
    });

    it('gives the settings as they are now', async () => {
      expect(JSON.parse((await call('settings')).text)).to.deep.equal({
        settings: { user: 'alice' },
        accounts: { main: { user: 'alice' } },
      });
      desk.answers = { main: { user: 'bob' }, work: {} } as never;
      expect(JSON.parse((await call('settings')).text)).to.deep.equal({
        settings: { user: 'bob' },
        accounts: { main: { user: 'bob' }, work: {} },
      });
    });

    it('passes on what it says while it runs', async () => {
      expect((await call('talk')).text).to.equal('done');
      expect(progress).to.deep.equal(['half way']);
    });

    it('says beforehand what a call will do', async () => {
      expect(await open.preview?.('sample.echo' as ToolName, { text: 'hello' }, never)).to.equal('it will say hello');
    });

    it('says in its own words why it cannot say beforehand what a call will do', async () => {
      const failure = await open.preview?.('sample.refuse' as ToolName, {}, never).catch((error: unknown) => error);
      expect(isPyraError(failure, 'plugin/crashed') && failure.message)
        .to.be.a('string')
        .and.match(/it cannot say/);
    });

    it('gives no preview of a tool that it has not', async () => {
      expect(await open.preview?.('sample.nothing' as ToolName, {}, never)).to.equal(undefined);
    });

    it('names the handlers that the code has', async () => {
      const { tools, previews, check } = await open.handlers(never);
      expect([...tools].sort()).to.deep.equal(SAMPLE_MANIFEST.tools.map(({ name }) => name).sort());
      expect([...previews].sort()).to.deep.equal(['echo', 'refuse']);
      expect(check).to.equal(true);
    });

    it('tries the answers of an account, and throws what is wrong with them', async () => {
      const said: string[] = [];
      expect(await open.check(MAIN_ACCOUNT, never, (text) => said.push(text))).to.equal('signed in as alice');
      expect(said).to.deep.equal(['signing in']);
      const thrown = await open.check('nobody' as typeof MAIN_ACCOUNT, never, () => undefined).catch((error: unknown) => error);
      expect(isPyraError(thrown, 'plugin/crashed')).to.equal(true);
      expect((thrown as Error).message).to.equal('there is no account nobody');
    });

    it('stops on an abort with the reason of the signal, before and while it runs', async () => {
      const reason = new Error('enough');
      expect(await call('echo', { text: 'x' }, AbortSignal.abort(reason)).catch((error: unknown) => error)).to.equal(reason);
      expect(await aborted((signal) => call('polite', {}, signal))).to.have.property('message', 'enough');
      expect(await aborted((signal) => call('deaf', {}, signal))).to.have.property('message', 'enough');
    });

    it('lets a plugin go on that stops when it is told to', async () => {
      await call('count');
      await aborted((signal) => call('polite', {}, signal));
      // Answered after the cancel was.
      expect((await call('count')).text).to.equal('2');
      subject.system.advance(2_100);
      expect((await call('count')).text).to.equal('3');
    });

    it('ends a plugin that does not stop within two seconds, and starts it anew', async () => {
      await call('count');
      await aborted((signal) => call('deaf', {}, signal));
      subject.system.advance(2_100);
      expect((await call('count')).text).to.equal('1');
    });

    it('answers `failed` with the reason when it ends in mid-call, and is opened anew', async () => {
      await call('count');
      const output = await call('crash');
      expect(output.outcome).to.equal('failed');
      expect(output.text).to.contain('exit code 3');
      expect((await call('count')).text).to.equal('1');
    });

    it('is blocked after three crashes in a minute, and not run again', async () => {
      for (let time = 0; time < 2; time += 1)
        expect((await call('crash')).text)
          .to.contain('exit code 3')
          .and.not.contain('not run');
      expect((await call('crash')).text)
        .to.contain('exit code 3')
        .and.contain('is not run any more before the person has looked at it');
      expect((await call('count')).outcome).to.equal('failed');
      expect((await call('count')).text).to.contain('3 times within a minute');
      expect(desk.blocks).to.have.lengthOf(1);
      expect(desk.blocks[0]).to.contain('exit code 3');
    });

    it('is not blocked by crashes that lie further apart', async () => {
      for (let time = 0; time < 4; time += 1) {
        await call('crash');
        subject.system.advance(31_000);
      }
      expect((await call('count')).text).to.equal('1');
      expect(desk.blocks).to.deep.equal([]);
    });

    it('does not run a plugin that is blocked', async () => {
      const blocked = subject.port.open({ ...plugin, blocked: { reason: 'it was odd', at: plugin.installedAt } }, desk);
      const thrown = await blocked.handlers(never).catch((error: unknown) => error);
      expect(isPyraError(thrown, 'plugin/crashed')).to.equal(true);
      expect((thrown as Error).message).to.contain('it was odd');
      await blocked.close();
    });

    it('runs nothing after it was closed, which can be done twice', async () => {
      await call('count');
      await open.close();
      await open.close();
      expect((await call('count')).outcome).to.equal('failed');
    });

    it('keeps two plugins apart', async () => {
      const other = subject.port.open(plugin, new MemoryDesk());
      await call('count');
      const output = await other.call('sample.count' as ToolName, {}, never, context);
      expect(output.text).to.equal('1');
      await other.close();
      expect((await call('count')).text).to.equal('2');
    });

    it('says how strictly it keeps plugins in', async () => {
      const { tier, reason } = await subject.port.tier();
      expect(['bwrap', 'unshare', 'plain']).to.include(tier);
      expect(reason).to.be.a('string');
    });
  });
}

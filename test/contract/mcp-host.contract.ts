import { expect } from 'chai';
import type { InMemorySystem } from '../../src/adapters/in-memory/in-memory-system.js';
import { isPyraError, type PyraError } from '../../src/core/domain/errors.js';
import type { JsonObject } from '../../src/core/domain/json.js';
import type { McpServer, McpValue } from '../../src/core/domain/mcp-server.js';
import type { ToolOutput } from '../../src/core/domain/tool.js';
import type { McpHost, McpListing, OpenMcpServer } from '../../src/ports/mcp-host.js';
import type { Subject } from '../support/harness.js';
import { MemoryMcpDesk } from '../support/mcp/memory-mcp-desk.js';

/** A host under test, with what it takes to test it. */
export interface McpHostSubject extends Subject<McpHost> {
  /** The sample server of `test/support/mcp/sample-server.ts`, started with the value `TOKEN`. */
  server(token?: McpValue): McpServer;
  /** The clock that the host goes by. */
  readonly system: InMemorySystem;
}

/** One row of the table of hosts. */
export interface McpHostHarness {
  readonly name: string;
  /** How the end of a server that crashes is told of. */
  readonly crash?: string;
  /** Skips, visibly, what cannot be tested on this machine. */
  needs?(test: Mocha.Context): Promise<void>;
  create(): Promise<McpHostSubject>;
}

const never = new AbortController().signal;
const enough = new Error('enough');

/** What every McpHost guarantees. */
export function mcpHostContract(harness: McpHostHarness): void {
  const { crash = 'exit code 3' } = harness;
  describe(`${harness.name} as a host of MCP servers`, function () {
    this.timeout(30_000);
    let subject: McpHostSubject;
    let desk: MemoryMcpDesk;
    let open: OpenMcpServer;
    let progress: string[];

    const call = async (name: string, args: JsonObject = {}, signal = never): Promise<ToolOutput> => {
      const output = await (await open.listing(signal)).call(name, args, signal, (text) => progress.push(text));
      if (output === undefined) throw new Error('the listing does not hold');
      return output;
    };
    const names = ({ tools }: McpListing): readonly string[] => tools.map(({ name }) => name).sort();
    const failure = async (work: Promise<unknown>): Promise<PyraError> => {
      const error = await work.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (!isPyraError(error)) throw new Error(`not a PyraError: ${error}`);
      return error;
    };
    const aborted = async (work: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> => {
      const controller = new AbortController();
      const result = work(controller.signal).catch((error: unknown) => error);
      setTimeout(() => controller.abort(enough), 50);
      return result;
    };

    before(async function () {
      await harness.needs?.(this);
    });

    beforeEach(async () => {
      subject = await harness.create();
      desk = new MemoryMcpDesk();
      progress = [];
      open = subject.port.open(subject.server(), desk);
    });

    afterEach(async () => {
      await open.close();
      await subject.dispose?.();
    });

    it('lists the tools with what the server says of them', async () => {
      const listing = await open.listing(never);
      expect(names(listing)).to.deep.equal(['count', 'crash', 'deaf', 'echo', 'large', 'polite', 'refuse', 'swap', 'talk', 'token']);
      expect(listing.faults).to.deep.equal([]);
      expect(listing.title).to.equal('sample 1.0.0');
      expect(listing.tools.find(({ name }) => name === 'echo')).to.deep.equal({
        name: 'echo',
        description: 'says what it is told',
        parameters: { type: 'object', properties: { text: { type: 'string' } } },
        hints: { readOnly: true },
      });
    });

    it('asks for no secret, and so starts nothing, before the tools are asked for', async () => {
      const other = subject.port.open(subject.server({ text: '', secret: 'token' as never }), desk);
      await other.close();
      expect(desk.asked).to.deep.equal([]);
    });

    it('gives the same listing as long as it holds', async () => {
      expect(await open.listing(never)).to.equal(await open.listing(never));
    });

    it('answers with what the tool says', async () => {
      expect(await call('echo', { text: 'grüße\u2028' })).to.deep.equal({ text: 'grüße\u2028' });
    });

    it('answers `failed` with what the tool says of an expected failure', async () => {
      expect(await call('refuse')).to.deep.equal({ text: 'there is no such file', outcome: 'failed' });
    });

    it('answers `failed` for a tool that it has not', async () => {
      for (const name of ['nothing', 'constructor', '__proto__', '']) expect((await call(name)).outcome).to.equal('failed');
    });

    it('bounds what a tool says', async () => {
      const { text, outcome } = await call('large', { characters: 3_000_000 });
      expect(outcome).to.equal(undefined);
      expect(text.length).to.be.within(1_000_000, 1_100_000);
    });

    it('keeps what it started for the next calls', async () => {
      expect((await call('count')).text).to.equal('1');
      subject.system.advance(600_000);
      expect((await call('count')).text).to.equal('2');
    });

    it('answers calls that run at the same time, each with its own', async () => {
      const texts = Array.from({ length: 20 }, (_, index) => `text ${index}`);
      const outputs = await Promise.all(texts.map((text) => call('echo', { text })));
      expect(outputs.map(({ text }) => text)).to.deep.equal(texts);
    });

    it('starts one server for those who ask at the same time', async () => {
      const listings = await Promise.all([open.listing(never), open.listing(never), open.listing(never)]);
      expect(new Set(listings).size).to.equal(1);
      expect((await call('count')).text).to.equal('1');
    });

    it('passes on what it says while it runs', async () => {
      expect((await call('talk')).text).to.equal('done');
      expect(progress).to.deep.equal(['half way']);
    });

    it('starts it with text and secret, joined', async () => {
      const other = subject.port.open(subject.server({ text: 'Bearer ', secret: 'token' as never }), desk);
      const output = await (await other.listing(never)).call('token', {}, never, () => undefined);
      expect(output?.text).to.equal('Bearer a-secret-token');
      await other.close();
    });

    it('names the secret that is not in the vault, and how to put it there', async () => {
      const other = subject.port.open(subject.server({ text: '', secret: 'missing' as never }), desk);
      const error = await failure(other.listing(never));
      expect(error.code).to.equal('not-found');
      expect(error.message).to.contain('missing');
      expect(error.hint).to.equal('pyra vault set missing');
      await other.close();
    });

    it('throws that the vault is locked', async () => {
      const other = subject.port.open(subject.server({ text: '', secret: 'locked' as never }), desk);
      expect((await failure(other.listing(never))).code).to.equal('vault/locked');
      await other.close();
    });

    it('says that a listing holds no longer once the tools changed, and gives the new one', async () => {
      const before = await open.listing(never);
      expect((await before.call('swap', {}, never, () => undefined))?.text).to.equal('swapped');
      expect(await before.call('echo', {}, never, () => undefined)).to.equal(undefined);
      const after = await open.listing(never);
      expect(names(after)).to.deep.equal(['other']);
      expect((await after.call('other', {}, never, () => undefined))?.text).to.equal('the other');
    });

    it('says that a listing holds no longer once its server is gone', async () => {
      const before = await open.listing(never);
      await call('crash');
      expect(await before.call('echo', {}, never, () => undefined)).to.equal(undefined);
      expect((await call('echo', { text: 'x' })).text).to.equal('x');
    });

    it('throws the reason of the signal on an abort, before and while it runs', async () => {
      const listing = await open.listing(never);
      const call_ = (signal: AbortSignal): Promise<unknown> => listing.call('deaf', {}, signal, () => undefined);
      expect(await call_(AbortSignal.abort(enough)).catch((error: unknown) => error)).to.equal(enough);
      expect(await aborted(call_)).to.equal(enough);
      expect(await open.listing(AbortSignal.abort(enough)).catch((error: unknown) => error)).to.equal(enough);
    });

    it('keeps a server that answers to a cancel late, or never', async () => {
      await call('count');
      expect(await aborted((signal) => call('polite', {}, signal))).to.equal(enough);
      expect(await aborted((signal) => call('deaf', {}, signal))).to.equal(enough);
      subject.system.advance(10_000);
      expect((await call('count')).text).to.equal('2');
    });

    it('answers `failed` with the reason when it ends in mid-call, and starts it anew after a while', async () => {
      await call('count');
      const output = await call('crash');
      expect(output.outcome).to.equal('failed');
      expect(output.text).to.contain(crash).and.contain('may have had its effect').and.not.contain('not run');
      const at = Date.parse(subject.system.now());
      expect((await call('count')).text).to.equal('1');
      expect(Date.parse(subject.system.now()) - at).to.be.at.least(1_000);
    });

    it('is blocked after three crashes within a minute, and not started again', async () => {
      await call('crash');
      await call('crash');
      expect(desk.blocks).to.deep.equal([]);
      expect((await call('crash')).text)
        .to.contain(crash)
        .and.contain('not run any more before the person has looked at it');
      expect(desk.blocks).to.have.lengthOf(1);
      expect(desk.blocks[0]).to.contain('3 times within a minute').and.contain(crash);
      const error = await failure(open.listing(never));
      expect(error.code).to.equal('mcp/unreachable');
      expect(error.hint).to.match(/^pyra mcp set /);
    });

    it('is not blocked by crashes that lie further apart', async () => {
      for (let time = 0; time < 4; time += 1) {
        await call('crash');
        subject.system.advance(31_000);
      }
      expect((await call('count')).text).to.equal('1');
      expect(desk.blocks).to.deep.equal([]);
    });

    it('runs nothing after it was closed, which can be done twice', async () => {
      const listing = await open.listing(never);
      await open.close();
      await open.close();
      expect(await listing.call('echo', {}, never, () => undefined)).to.equal(undefined);
      expect((await failure(open.listing(never))).code).to.equal('mcp/unreachable');
    });

    it('ends what runs when it is closed', async () => {
      const running = call('deaf');
      await new Promise((resolve) => setTimeout(resolve, 300));
      await open.close();
      expect((await running).outcome).to.equal('failed');
    });

    it('keeps two servers apart', async () => {
      const other = subject.port.open(subject.server(), new MemoryMcpDesk());
      await call('count');
      expect((await (await other.listing(never)).call('count', {}, never, () => undefined))?.text).to.equal('1');
      await other.close();
      expect((await call('count')).text).to.equal('2');
    });

    it('says how strictly it keeps servers in', async () => {
      const { tier, reason } = await subject.port.tier();
      expect(['bwrap', 'plain']).to.include(tier);
      expect(reason).to.be.a('string');
    });
  });
}

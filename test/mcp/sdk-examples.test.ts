import { expect } from 'chai';
import { needsServers, nodeProgram, sdkExample } from '../support/mcp-servers/foreign-servers.js';
import { addressOf, type HttpMcpServer, startHttpServer } from '../support/mcp-servers/http-server.js';
import { type McpPerson, mcpPerson, NO, reading, YES } from '../support/mcp-servers/mcp-person.js';

describe('the example servers of the official SDK', function () {
  this.timeout(60_000);
  let person: McpPerson;
  let server: HttpMcpServer | undefined;

  before(function () {
    needsServers(this, sdkExample('progressExample'));
  });
  beforeEach(async () => {
    person = await mcpPerson();
  });
  afterEach(async () => {
    await person.stop();
    await server?.stop();
    server = undefined;
  });

  describe('as programs', () => {
    it('pass on their progress while a call runs, and their result after it', async () => {
      const seen = await person.add('counter', nodeProgram(sdkExample('progressExample')));
      expect(seen.faults).to.deep.equal([]);
      expect(seen.tools.map(({ verb }) => verb)).to.deep.equal(['count']);
      const counted = await person.call('counter.count', { n: 3 }, { decisions: [YES] });
      expect(counted.text).to.equal('Counted to 3');
      expect(counted.outcome).to.equal('ok');
      expect(counted.progress.join('\n')).to.include('Counting: 1/3').and.to.include('Counting: 3/3');
      expect(counted.message.provenance.kind).to.equal('external');
      const [card] = counted.cards;
      expect(card?.definition.effect).to.equal('destructive');
      expect(card?.grantable).to.equal(false);
    });

    it('are told of a call that the person stopped, and answer the next one', async () => {
      await person.add('counter', nodeProgram(sdkExample('progressExample')));
      const stop = new AbortController();
      const begun = performance.now();
      setTimeout(() => stop.abort(), 700);
      const stopped = await person.call('counter.count', { n: 100 }, { decisions: [YES], signal: stop.signal });
      expect(stopped.outcome).to.equal('aborted');
      expect(performance.now() - begun).to.be.lessThan(5_000);
      expect((await person.call('counter.count', { n: 1 }, { decisions: [YES] })).text).to.equal('Counted to 1');
    });

    it('are given up when a call takes longer than it may', async () => {
      await person.add('counter', nodeProgram(sdkExample('progressExample')));
      const late = await person.call('counter.count', { n: 100 }, { decisions: [YES], timeoutMs: 1_500 });
      expect(late.outcome).to.equal('timed-out');
    });

    it('are not called with arguments that their schema does not allow, and are not called when the person says no', async () => {
      await person.add('counter', nodeProgram(sdkExample('progressExample')));
      expect((await person.call('counter.count', { n: 1_000 }, { decisions: [YES] })).outcome).to.equal('invalid');
      expect((await person.call('counter.count', { n: 'three' }, { decisions: [YES] })).outcome).to.equal('invalid');
      expect((await person.call('counter.count', { n: 3 }, { decisions: [NO] })).outcome).to.equal('denied');
      expect((await person.call('counter.count', { n: 3 })).outcome).to.equal('denied');
    });

    it('are called with the arguments as the person edited them, after a second card', async () => {
      await person.add('counter', nodeProgram(sdkExample('progressExample')));
      const edited = await person.call('counter.count', { n: 90 }, { decisions: [{ outcome: 'edit', args: { n: 2 }, by: 'person' }, YES] });
      expect(edited.text).to.match(/the person changed the arguments[\s\S]*Counted to 2$/);
      expect(edited.cards.map(({ call }) => call.args)).to.deep.equal([{ n: 90 }, { n: 2 }]);
    });

    it('give structured results as data', async () => {
      await person.add('weather', nodeProgram(sdkExample('mcpServerOutputSchema')));
      await person.classify('weather', { get_weather: reading() });
      const { outcome, data, text, cards } = await person.call('weather.get_weather', { city: 'Bonn', country: 'DE' });
      expect(outcome, text).to.equal('ok');
      expect(cards, 'a read that the person trusts asks nobody').to.deep.equal([]);
      expect(data).to.have.all.keys('temperature', 'conditions', 'humidity', 'wind');
      expect(JSON.parse(text)).to.deep.equal(data);
    });

    it('get no answer of a model when they ask for one', async () => {
      // This one also writes a line to its standard output that is no message.
      await person.add('sampling', nodeProgram(sdkExample('toolWithSampleServer')));
      const { outcome, text } = await person.call('sampling.summarize', { text: 'my diary' }, { decisions: [YES] });
      expect(outcome, text).to.equal('failed');
      expect(text).to.match(/sampling|method not found/i);
    });
  });

  describe('over HTTP', () => {
    it('answer with a stream of events: a greeting, one after notes of its log, and one that asks the client', async () => {
      server = await startHttpServer(sdkExample('simpleStreamableHttp'));
      const seen = await person.add('simple', addressOf(server.url));
      expect(seen.tools.map(({ verb }) => verb)).to.include.members(['greet', 'multi_greet', 'collect_user_info', 'list_files']);
      const hint = seen.tools.find(({ verb }) => verb === 'multi_greet')?.tool.hints;
      expect(hint?.readOnly, 'what it says of itself is known').to.equal(true);
      const greeted = await person.call('simple.greet', { name: 'Ana' }, { decisions: [YES] });
      expect(greeted.text).to.equal('Hello, Ana!');
      const again = await person.call('simple.multi_greet', { name: 'Ana' }, { decisions: [YES] });
      expect(again.text).to.equal('Good morning, Ana!');
      expect(again.cards[0]?.definition.effect, 'and not believed').to.equal('destructive');
      const asked = await person.call('simple.collect_user_info', { infoType: 'contact' }, { decisions: [YES] });
      expect(asked.text).to.match(/elicitation|error/i);
      const files = await person.call('simple.list_files', {}, { decisions: [YES] });
      expect(files.outcome).to.equal('ok');
      expect(files.text).to.include('file:///');
    });

    it('answer with plain JSON', async () => {
      server = await startHttpServer(sdkExample('jsonResponseStreamableHttp'));
      await person.add('plain', addressOf(server.url));
      expect((await person.call('plain.greet', { name: 'Ana' }, { decisions: [YES] })).text).to.equal('Hello, Ana!');
      expect((await person.call('plain.greet', { name: 'Bo' }, { decisions: [NO] })).outcome).to.equal('denied');
    });

    it('answer without sessions', async () => {
      server = await startHttpServer(sdkExample('simpleStatelessStreamableHttp'));
      await person.add('stateless', addressOf(server.url));
      const streamed = await person.call('stateless.start_notification_stream', { interval: 10, count: 2 }, { decisions: [YES] });
      expect(streamed.outcome, streamed.text).to.equal('ok');
    });

    it('are connected anew after they were started anew, since the old session is unknown to them', async () => {
      server = await startHttpServer(sdkExample('simpleStreamableHttp'));
      const { url } = server;
      await person.add('simple', addressOf(url));
      expect((await person.call('simple.greet', { name: 'Ana' }, { decisions: [YES] })).outcome).to.equal('ok');
      await server.kill();
      const gone = await person.call('simple.greet', { name: 'Bo' }, { decisions: [YES] });
      expect(gone.outcome).to.equal('failed');
      expect(gone.text).to.include('simple');
      await server.stop();
      server = await startHttpServer(sdkExample('simpleStreamableHttp'), [], Number(new URL(url).port));
      let back = await person.call('simple.greet', { name: 'Cy' }, { decisions: [YES] });
      // One call may still meet the end of the old session; nothing is sent twice behind the person's back.
      if (back.outcome === 'failed') back = await person.call('simple.greet', { name: 'Cy' }, { decisions: [YES] });
      expect(back.text).to.equal('Hello, Cy!');
    });
  });
});

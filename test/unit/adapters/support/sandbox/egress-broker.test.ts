import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import { expect } from 'chai';
import { EgressBroker, type EgressBrokerParts } from '../../../../../src/adapters/support/sandbox/egress-broker.js';
import type { CheckedAddress } from '../../../../../src/adapters/support/sandbox/egress-connection.js';
import type { EgressRule } from '../../../../../src/adapters/support/sandbox/egress-rules.js';
import {
  controlFrame,
  FRAME,
  frameHeader,
  MAX_DATA_BYTES,
  WINDOW_BYTES,
  windowFrame,
} from '../../../../../src/adapters/support/sandbox/mux-frame.js';
import { MuxReader } from '../../../../../src/adapters/support/sandbox/mux-reader.js';

/** The child's side of a broker, by hand. */
class RawChild {
  readonly channel: Duplex;
  readonly broker: EgressBroker;
  readonly refusals: string[] = [];
  readonly frames: string[] = [];
  readonly broken: string[] = [];
  received = 0;

  constructor(parts: Partial<EgressBrokerParts> & { readonly rules: readonly EgressRule[] }) {
    const [own, brokers] = duplexPair();
    this.channel = own;
    this.broker = new EgressBroker({
      channel: brokers,
      refused: (why) => void this.refusals.push(why),
      broken: (why) => void this.broken.push(why),
      ...parts,
    });
    const reader = new MuxReader({
      control: (type, id, payload) => void this.frames.push(`${type} ${id} ${payload.toString('latin1')}`),
      data: (_id, part) => {
        this.received += part.byteLength;
      },
    });
    own.on('data', (chunk: Buffer) => reader.push(chunk));
    own.on('error', () => undefined);
  }

  open(id: number, target: string): void {
    this.channel.write(controlFrame(FRAME.open, id, target));
  }

  data(id: number, bytes: number): void {
    for (let left = bytes; left > 0; left -= MAX_DATA_BYTES) {
      const size = Math.min(left, MAX_DATA_BYTES);
      this.channel.write(frameHeader(FRAME.data, id, size));
      this.channel.write(Buffer.alloc(size));
    }
  }

  /** Waits for the next frame that holds a text. */
  async frame(text: string): Promise<string> {
    return until(() => this.frames.find((frame) => frame.includes(text)));
  }
}

async function until<T>(found: () => T | undefined | false): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    const value = found();
    if (value !== undefined && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('it did not come');
}

describe('the egress broker', () => {
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  const children: RawChild[] = [];
  let port: number;
  const rule = (host: string, configured = false): EgressRule => ({ host, port, configured });
  const at =
    (...addresses: readonly string[]) =>
    async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const child = (parts: ConstructorParameters<typeof RawChild>[0]): RawChild => {
    const made = new RawChild(parts);
    children.push(made);
    return made;
  };

  beforeEach(async () => {
    const server = createServer((socket) => sockets.push(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    port = (server.address() as { readonly port: number }).port;
  });

  afterEach(async () => {
    for (const { broker } of children.splice(0)) broker.close();
    for (const socket of sockets.splice(0)) socket.destroy();
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  });

  it('says in words what is not allowed, and asks no name server about it', async () => {
    const asked: string[] = [];
    const resolve = async (host: string) => {
      asked.push(host);
      return [];
    };
    const plugin = child({ rules: [rule('example.org')], resolve });
    plugin.open(1, 'evil.example.test 443');
    plugin.open(2, 'example.org 1');
    plugin.open(3, '[::1] 80');
    await plugin.frame('5 3');
    expect(plugin.refusals).to.deep.equal([
      "egress refused: evil.example.test:443 is not in this plugin's allow list",
      "egress refused: example.org:1 is not in this plugin's allow list",
      "egress refused: [::1]:80 is not in this plugin's allow list",
    ]);
    expect(await plugin.frame('5 1')).to.equal("5 1 EACCES egress refused: evil.example.test:443 is not in this plugin's allow list");
    expect(asked).to.deep.equal([]);
  });

  it('lets a name of the person lead into a private network, and not to this machine or its link', async () => {
    const own = child({
      rules: [{ host: 'own.test', port, configured: true, named: true }],
      resolve: at('127.0.0.1'),
      who: 'the server x',
    });
    own.open(1, `own.test ${port}`);
    expect(await own.frame('5 1')).to.contain('leads to 127.0.0.1, which is not on the open internet: grant that address itself');
    own.open(2, `other.test ${port}`);
    expect(await own.frame('5 2')).to.contain("is not in the server x's allow list");
    const meant = child({ rules: [{ host: 'localhost', port, configured: true, named: false }], resolve: at('127.0.0.1') });
    meant.open(1, `localhost ${port}`);
    expect(await meant.frame('1 1')).to.equal(`1 1 127.0.0.1 ${port}`);
  });

  it('says a reason once, and fifty at most, so that no plugin fills the log; the child is told every time', async () => {
    const plugin = child({ rules: [] });
    for (let id = 1; id <= 200; id += 1) plugin.open(id, `h${Math.ceil(id / 2)}.test 80`);
    await until(() => plugin.frames.length === 200);
    expect(plugin.refusals).to.have.length(50);
    expect(new Set(plugin.refusals).size).to.equal(50);
  });

  it('reads no more of a child that does not read what it is told, and goes on when it does', async () => {
    const plugin = child({ rules: [] });
    plugin.channel.pause();
    const target = `${'h'.repeat(240)}.test 80`;
    let sent = 0;
    for (let pause = 0; pause < 20; ) {
      if (plugin.channel.writableNeedDrain) pause += 1;
      else {
        pause = 0;
        for (let count = 0; count < 100; count += 1) {
          sent += 1;
          plugin.open(sent, target);
        }
      }
      if (sent > 40_000) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(sent).to.be.lessThan(40_000);
    plugin.channel.resume();
    await until(() => plugin.frames.length === sent);
    expect(plugin.broken).to.deep.equal([]);
  });

  it('looks up one name after the other, and lets at most 64 wait, also for connections that were given up', async () => {
    const asked: string[] = [];
    const answered = Promise.withResolvers<readonly CheckedAddress[]>();
    const resolve = (host: string): Promise<readonly CheckedAddress[]> => {
      asked.push(host);
      return answered.promise;
    };
    const plugin = child({ rules: [rule('*.example.org')], resolve });
    for (let id = 1; id <= 300; id += 1) {
      plugin.open(id, `h${id}.example.org ${port}`);
      plugin.channel.write(controlFrame(FRAME.reset, id));
    }
    plugin.open(301, 'other.test 1');
    await plugin.frame('5 301');
    // Pyra has few threads for this, and needs them itself.
    expect(asked).to.deep.equal(['h1.example.org']);
    answered.resolve([]);
    await new Promise((done) => setImmediate(done));
    expect(asked).to.have.length(64);
    plugin.open(302, `last.example.org ${port}`);
    expect(await plugin.frame('5 302')).to.equal('5 302 ENOTFOUND getaddrinfo ENOTFOUND last.example.org');
  });

  for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', '::ffff:127.0.0.1', 'fe80::1', 'fd00::1']) {
    it(`refuses a name of the manifest that leads to ${address}`, async () => {
      const plugin = child({ rules: [rule('example.org')], resolve: at('1.1.1.1', address) });
      plugin.open(1, `example.org ${port}`);
      await plugin.frame('5 1');
      expect(plugin.refusals).to.deep.equal([`egress refused: example.org:${port} leads to ${address}, which is not on the open internet`]);
      expect(sockets).to.deep.equal([]);
    });
  }

  it('reaches a private address where the person named the host', async () => {
    const plugin = child({ rules: [rule('nas.example.org', true)], resolve: at('127.0.0.1') });
    plugin.open(1, `nas.example.org ${port}`);
    expect(await plugin.frame('1 1')).to.equal(`1 1 127.0.0.1 ${port}`);
  });

  it('checks a name anew at each connection, and connects to what it checked: rebinding gets nothing', async () => {
    const answers = ['1.1.1.1', '127.0.0.1'];
    const plugin = child({ rules: [rule('example.org')], resolve: async () => at(answers.shift() ?? '127.0.0.1')() });
    plugin.open(1, `example.org ${port}`);
    await until(() => answers.length === 1);
    await new Promise((resolve) => setImmediate(resolve));
    plugin.open(2, `example.org ${port}`);
    await plugin.frame('5 2');
    expect(plugin.refusals).to.have.length(1);
    expect(sockets).to.deep.equal([]);
    expect(answers).to.deep.equal([]);
  });

  it('passes on why a host was not reached', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const closed = (gone.address() as { readonly port: number }).port;
    await new Promise((resolve) => gone.close(resolve));
    const plugin = child({
      rules: [{ host: 'a.test', port: closed, configured: true }, rule('b.test'), rule('c.test')],
      resolve: async (host) => {
        if (host === 'b.test') throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
        return host === 'c.test' ? [] : at('127.0.0.1')();
      },
    });
    plugin.open(1, `a.test ${closed}`);
    plugin.open(2, `b.test ${port}`);
    plugin.open(3, `c.test ${port}`);
    expect(await plugin.frame('5 1')).to.match(/^5 1 ECONNREFUSED connect ECONNREFUSED 127\.0\.0\.1:\d+$/);
    expect(await plugin.frame('5 2')).to.equal('5 2 ENOTFOUND getaddrinfo ENOTFOUND b.test');
    expect(await plugin.frame('5 3')).to.equal('5 3 ENOTFOUND getaddrinfo ENOTFOUND c.test');
    expect(plugin.refusals).to.deep.equal([]);
  });

  it('has at most 64 connections at once, and room again when one is over', async () => {
    const plugin = child({ rules: [rule('nas.test', true)], resolve: at('127.0.0.1') });
    for (let id = 1; id <= 65; id += 1) plugin.open(id, `nas.test ${port}`);
    await until(() => plugin.frames.length === 65);
    expect(plugin.refusals).to.deep.equal([`egress refused: nas.test:${port} would be one connection more than the 64 at once`]);
    plugin.channel.write(controlFrame(FRAME.reset, 1));
    plugin.open(66, `nas.test ${port}`);
    expect(await plugin.frame('1 66')).to.contain('127.0.0.1');
  });

  it('reads no more from a server than the child has room for, and counts', async () => {
    const plugin = child({ rules: [rule('nas.test', true)], resolve: at('127.0.0.1') });
    plugin.open(1, `nas.test ${port}`);
    await plugin.frame('1 1');
    const socket = await until(() => sockets[0]);
    socket.write(Buffer.alloc(50 * 1024 * 1024));
    await until(() => plugin.received >= WINDOW_BYTES);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(plugin.received).to.be.at.most(WINDOW_BYTES + MAX_DATA_BYTES);
    const before = plugin.received;
    plugin.channel.write(windowFrame(1, WINDOW_BYTES));
    await until(() => plugin.received >= before + WINDOW_BYTES - MAX_DATA_BYTES);
    expect(plugin.broker.traffic()).to.deep.equal({ sent: 0, received: plugin.received });
  });

  it('gives the child room only for what a server took', async () => {
    const plugin = child({ rules: [rule('nas.test', true)], resolve: at('127.0.0.1') });
    plugin.open(1, `nas.test ${port}`);
    await plugin.frame('1 1');
    (await until(() => sockets[0])).resume();
    plugin.data(1, WINDOW_BYTES);
    await plugin.frame('4 1');
    expect(plugin.broken).to.deep.equal([]);
  });

  const HOSTILE: readonly (readonly [what: string, send: (plugin: RawChild) => void, why: RegExp])[] = [
    ['text in place of frames', (plugin) => plugin.channel.write('1 example.org 443\n'.repeat(100)), /unknown type|too long/],
    ['a target of 601 bytes', (plugin) => plugin.channel.write(frameHeader(FRAME.open, 1, 601)), /too long/],
    [
      'a number that was used',
      (plugin) => plugin.channel.write(Buffer.concat([controlFrame(FRAME.open, 1, 'a 1'), controlFrame(FRAME.open, 1, 'a 1')])),
      /used before/,
    ],
    ['a number of zero', (plugin) => plugin.open(0, 'a 1'), /used before/],
    ['a window without a number', (plugin) => plugin.channel.write(controlFrame(FRAME.window, 1, 'x')), /window/],
  ];
  for (const [what, send, why] of HOSTILE) {
    it(`closes the channel of a child that sends ${what}`, async () => {
      const plugin = child({ rules: [rule('nas.test', true)], resolve: at('127.0.0.1') });
      send(plugin);
      expect(await until(() => plugin.broken[0])).to.match(why);
      expect(plugin.broken).to.have.length(1);
    });
  }

  it('closes the channel of a child that sends more than it has room for, and its connections', async () => {
    const plugin = child({ rules: [rule('nas.test', true)], resolve: at('127.0.0.1') });
    plugin.open(1, `nas.test ${port}`);
    await plugin.frame('1 1');
    const socket = await until(() => sockets[0]);
    socket.pause();
    plugin.data(1, 16 * 1024 * 1024);
    expect(await until(() => plugin.broken[0])).to.match(/no room/);
    socket.resume();
    await until(() => socket.destroyed);
  });

  const TARGETS = ['', 'a', 'a 1 2', 'a b', ' 1', 'a\n 1', '\0 1', 'a 123456', '127.1 80', '0x7f000001 80', `${'a'.repeat(300)} 1`, 'é 1'];
  for (const target of TARGETS) {
    it(`refuses to connect to ${JSON.stringify(target.slice(0, 20))}`, async () => {
      const plugin = child({ rules: [rule('a', true)], resolve: at('127.0.0.1') });
      plugin.open(1, target);
      await plugin.frame('5 1');
      expect(plugin.refusals).to.have.length(1);
      expect(plugin.refusals[0]).to.match(/^egress refused: [\x20-\x7e]*$/);
      expect(sockets).to.deep.equal([]);
    });
  }

  it('is not hurt by 20,000 random frames', async () => {
    let seed = 42;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    for (let run = 0; run < 200; run += 1) {
      const plugin = child({ rules: [rule('nas.test', true)], resolve: at('127.0.0.1') });
      for (let count = 0; count < 100 && plugin.broken.length === 0; count += 1) {
        const payload = Buffer.from(Array.from({ length: random(20) }, () => random(256)));
        plugin.channel.write(Buffer.concat([frameHeader((1 + random(6)) as never, random(200), payload.byteLength), payload]));
      }
      await new Promise((resolve) => setImmediate(resolve));
      plugin.broker.close();
    }
    expect(sockets.length).to.equal(0);
  });

  it('drops every connection when the child is gone', async () => {
    const plugin = child({ rules: [rule('nas.test', true)], resolve: at('127.0.0.1') });
    plugin.open(1, `nas.test ${port}`);
    await plugin.frame('1 1');
    const socket = (await until(() => sockets[0])).resume();
    plugin.channel.destroy();
    plugin.broker.close();
    await until(() => socket.destroyed);
  });
});

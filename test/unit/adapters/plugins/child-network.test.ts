import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { expect } from 'chai';
import { ChildLauncher } from '../../../../src/adapters/plugins/child-launcher.js';
import { findProgram } from '../../../../src/adapters/support/sandbox/find-program.js';
import type { PluginAnswers, PluginSettings } from '../../../../src/core/domain/plugin.js';
import { MAIN_ACCOUNT } from '../../../../src/core/domain/plugin-manifest.js';
import { startProgram } from '../../../support/child-program.js';
import { networkedScript } from '../../../support/networked-script.js';
import { printed, scriptRequest } from '../../../support/sandboxed-script.js';
import { makeCertificate } from '../../../support/servers/certificate.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const settingsOf = (answers: PluginAnswers): PluginSettings => ({ [MAIN_ACCOUNT]: answers });

describe('the network of a plugin', () => {
  let root: string;
  const servers: Server[] = [];
  const refusals: string[] = [];

  beforeEach(() => {
    root = temporaryFolder();
    refusals.length = 0;
  });

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
    removeFolder(root);
  });

  const listen = async (server: Server): Promise<number> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as { readonly port: number }).port;
  };

  /** Runs a script that may connect to these ports of a host; gives the values that it printed. */
  const run = async (script: string, ports: readonly number[], host = 'server.test'): Promise<readonly unknown[]> => {
    const launcher = new ChildLauncher({ home: root, resolve: async () => [{ address: '127.0.0.1', family: 4 }] });
    const net = ports.map((port) => `{settings.host}:${port}`);
    const child = await launcher.launch({
      ...scriptRequest(root, await networkedScript(script), { net }),
      settings: settingsOf({ host }),
      refused: (why) => void refusals.push(why),
    });
    return (await printed(child))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  };

  it('carries a connection to a host that is allowed, both ways, to its end', async () => {
    const port = await listen(createServer((socket: Socket) => socket.on('data', (data) => socket.end(`you said ${data}`))));
    const answers = await run(
      `const socket = require('node:net').connect(${port}, 'server.test');
       socket.on('connect', () => { print([socket.readyState, socket.pending, socket.remoteAddress, socket.remotePort]); socket.write('hello'); });
       let text = '';
       socket.on('data', (data: Buffer) => { text += data; });
       await new Promise((resolve, reject) => socket.on('close', resolve).on('error', reject));
       print(text);`,
      [port],
    );
    expect(answers).to.deep.equal([['open', false, '127.0.0.1', port], 'you said hello']);
  });

  it('lets fetch and http work, and refuses what is not allowed with words', async () => {
    const port = await listen(createHttpServer((request, response) => response.end(`GET ${request.url}`)));
    const answers = await run(
      `print(await (await fetch('http://server.test:${port}/one')).text());
       print(await fetch('http://evil.example.test:443/').then(() => 'connected', told));
       print(await fetch('http://server.test:8081/').then(() => 'connected', told));
       print(await new Promise((resolve) => require('node:http').get('http://169.254.169.254/').on('error', (error) => resolve(told(error)))));`,
      [port],
    );
    const refused = (place: string) => ({ code: 'EACCES', message: `egress refused: ${place} is not in this plugin's allow list` });
    expect(answers).to.deep.equal([
      'GET /one',
      refused('evil.example.test:443'),
      refused('server.test:8081'),
      refused('169.254.169.254:80'),
    ]);
    expect(refusals).to.have.length(3);
  });

  it('does not follow a server to where the plugin may not go', async () => {
    const elsewhere = await listen(createHttpServer((_request, response) => response.end('secret')));
    const port = await listen(
      createHttpServer((request, response) => response.writeHead(302, { location: `http://${request.url?.slice(1)}/` }).end()),
    );
    const answers = await run(
      `for (const place of ['evil.example.test:8081', '127.0.0.1:${elsewhere}', 'server.test:${elsewhere}', '169.254.169.254:80']) {
         print(await fetch('http://server.test:${port}/' + place).then((response) => response.text(), told));
       }`,
      [port],
    );
    const places = ['evil.example.test:8081', `127.0.0.1:${elsewhere}`, `server.test:${elsewhere}`, '169.254.169.254:80'];
    expect(answers).to.deep.equal(
      places.map((place) => ({ code: 'EACCES', message: `egress refused: ${place} is not in this plugin's allow list` })),
    );
  });

  it('keeps TLS in the plugin: https, and a connection that is upgraded', async function () {
    if (findProgram('openssl') === undefined) this.skip();
    const { ca, certificate, key } = await makeCertificate(root);
    const keys = { key: readFileSync(key), cert: readFileSync(certificate) };
    const port = await listen(createHttpsServer(keys, (_request, response) => response.end('over TLS')));
    const upgrading = await listen(
      createServer((socket) => {
        socket.once('data', () => {
          socket.write('go ahead');
          const secure = new TLSSocket(socket, { isServer: true, ...keys });
          secure.on('error', () => undefined).on('data', (data) => secure.end(`upgraded ${data}`));
        });
      }),
    );
    const answers = await run(
      `const ca = ${JSON.stringify(readFileSync(ca, 'utf8'))};
       const get = (options) => new Promise((resolve) => require('node:https').get({ host: 'localhost', port: ${port}, ...options }, (response) => {
         response.setEncoding('utf8').on('data', resolve);
       }).on('error', (error) => resolve(error.code)));
       print(await get({ ca }));
       print(await get({}));
       const socket = require('node:net').connect(${upgrading}, 'localhost');
       socket.write('STARTTLS');
       await new Promise((resolve) => socket.once('data', resolve));
       const secure = require('node:tls').connect({ socket, ca, servername: 'localhost' });
       secure.once('secureConnect', () => secure.write('hello'));
       print(await new Promise((resolve, reject) => secure.on('error', reject).once('data', (data) => resolve([secure.authorized, String(data)]))));`,
      [port, upgrading],
      'localhost',
    );
    expect(answers).to.deep.equal(['over TLS', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', [true, 'upgraded hello']]);
  });

  it('answers names with stand-ins, which lead to the name, and has no other records', async () => {
    const port = await listen(createServer((socket: Socket) => socket.end('here')));
    const answers = await run(
      `const dns = require('node:dns');
       print(await dns.promises.lookup('server.test'));
       print(await new Promise((resolve) => new dns.Resolver().resolve4('server.test', (error, found) => resolve(found))));
       print(await new Promise((resolve) => dns.lookup('10.1.2.3', { all: true }, (error, found) => resolve(found))));
       print(await dns.promises.resolve6('server.test').catch((error) => error.code));
       print(await dns.promises.resolveMx('server.test').catch(told));
       const { lookup } = await import('node:dns/promises');
       const { address } = await lookup('server.test');
       print(await new Promise((resolve, reject) => require('node:net').connect(${port}, address).on('error', reject).on('data', (data) => resolve(String(data)))));`,
      [port],
    );
    expect(answers).to.deep.equal([
      { address: '198.18.0.1', family: 4 },
      ['198.18.0.1'],
      [{ address: '10.1.2.3', family: 4 }],
      'ENODATA',
      { code: 'EACCES', message: 'egress refused: a plugin has no name server (asked for server.test)' },
      'here',
    ]);
  });

  it('tells a plugin without leave for the network the same words', async () => {
    const launcher = new ChildLauncher({ home: root });
    const script = `print(await fetch('http://evil.example.test/').catch(told));
      print(await new Promise((resolve) => require('node:tls').connect(993, 'evil.example.test').on('error', (error) => resolve(told(error)))));`;
    const child = await launcher.launch(scriptRequest(root, await networkedScript(script)));
    const answers = (await printed(child))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const refused = (place: string) => ({ code: 'EACCES', message: `egress refused: ${place} is not in this plugin's allow list` });
    expect(answers).to.deep.equal([refused('evil.example.test:80'), refused('evil.example.test:993')]);
  });

  it('carries 50 MB each way without holding it: a slow reader holds back the writer', async function () {
    this.timeout(30_000);
    const bytes = 50 * 1024 * 1024;
    // No two parts of a megabyte are alike, so that one in the place of another is noticed.
    const answer = Buffer.alloc(bytes, randomBytes(1_048_583));
    const digest = createHash('sha256').update(answer).digest('hex');
    const received = createHash('sha256');
    let taken = 0;
    const port = await listen(
      createServer((socket) => {
        socket.on('data', (data: Buffer) => {
          received.update(data);
          taken += data.byteLength;
          if (taken === bytes) socket.end(answer);
        });
      }),
    );
    const script = `const socket = require('node:net').connect(${port}, 'server.test');
      const { createHash, randomBytes } = require('node:crypto');
      const sent = createHash('sha256');
      const got = createHash('sha256');
      let most = 0;
      for (let count = 0; count < 50; count += 1) {
        const chunk = randomBytes(1024 * 1024);
        sent.update(chunk);
        if (!socket.write(chunk)) await new Promise((resolve) => socket.once('drain', resolve));
      }
      let received = 0;
      for await (const data of socket) {
        received += data.byteLength;
        got.update(data);
        most = Math.max(most, socket.readableLength);
        if (received < 5_000_000) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      print([received, most < 2_000_000, got.digest('hex'), sent.digest('hex')]);`;
    const [answers] = await run(script, [port]);
    expect(answers).to.deep.equal([bytes, true, digest, received.digest('hex')]);
    expect(taken).to.equal(bytes);
  });

  it('gives an error to what waits when the connection breaks', async () => {
    const port = await listen(createServer((socket) => socket.once('data', () => socket.resetAndDestroy()).on('error', () => undefined)));
    const script = `const socket = require('node:net').connect(${port}, 'server.test', () => socket.write('x'));
      print(await new Promise((resolve) => socket.on('error', (error) => resolve(error.code))));
      print(await new Promise((resolve) => require('node:net').connect({ port: ${port}, host: 'server.test', timeout: 50 }).on('timeout', function () { this.destroy(); }).on('close', () => resolve('closed'))));`;
    expect(await run(script, [port])).to.deep.equal(['ECONNRESET', 'closed']);
  });

  it('loses nothing of what a server sends before it closes, however slowly it is read', async function () {
    if (findProgram('openssl') === undefined) this.skip();
    const { ca, certificate, key } = await makeCertificate(root);
    const send = (socket: Socket): void => void socket.on('error', () => undefined).end(Buffer.alloc(1_000_000, 1));
    const port = await listen(createServer(send));
    const tlsPort = await listen(createTlsServer({ key: readFileSync(key), cert: readFileSync(certificate) }, send));
    const script = `const read = async (socket) => {
        let bytes = 0;
        for await (const data of socket) {
          bytes += data.byteLength;
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        return bytes;
      };
      print(await read(require('node:net').connect(${port}, 'localhost')));
      print(await read(require('node:tls').connect({ port: ${tlsPort}, host: 'localhost', ca: ${JSON.stringify(readFileSync(ca, 'utf8'))} })));`;
    expect(await run(script, [port, tlsPort], 'localhost')).to.deep.equal([1_000_000, 1_000_000]);
  });

  it('does not keep the host alive for connections of a plugin that is not held', async () => {
    const port = await listen(createServer((socket) => socket.on('error', () => undefined).write('x')));
    const script = await networkedScript(`require('node:net').connect(${port}, 'localhost').on('data', () => print('there'));
      await new Promise((resolve) => process.stdin.resume().on('end', resolve));`);
    const host = startProgram('idle-host.js', [root, script, String(port)]);
    const timer = setTimeout(() => host.process.kill('SIGKILL'), 5_000);
    const { stdout, code } = await host.ended;
    clearTimeout(timer);
    expect(stdout).to.equal('"there"\nidle\n');
    expect(code).to.equal(0);
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { McpProgram } from '../../../../src/core/domain/mcp-server.js';
import {
  builtProxy,
  outcome,
  PROGRAM_TIERS,
  programLaunch,
  programLauncher,
  said,
  systemProgram,
} from '../../../support/started-program.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const HOST = fileURLToPath(new URL('../../../support/program-host.js', import.meta.url));

describe('the network of servers that are programs, in bubblewrap', () => {
  let root: string;
  let proxy: string;
  let web: Server;
  let other: Server;
  let port: number;
  let otherPort: number;
  let seen: { readonly url: string | undefined; readonly headers: IncomingHttpHeaders; readonly body: string }[];
  const refused: string[] = [];

  before(async function () {
    this.timeout(60_000);
    proxy = await builtProxy();
  });

  beforeEach(async () => {
    root = temporaryFolder();
    seen = [];
    refused.length = 0;
    web = await serving((url, headers, body) => seen.push({ url, headers, body }));
    other = await serving(() => seen.push({ url: 'the other', headers: {}, body: '' }));
    port = (web.address() as AddressInfo).port;
    otherPort = (other.address() as AddressInfo).port;
  });

  afterEach(() => {
    for (const server of [web, other]) {
      server.closeAllConnections();
      server.close();
    }
    removeFolder(root);
  });

  const start = async (test: Mocha.Context, script: string, program: Partial<McpProgram> = {}, env: Record<string, string> = {}) => {
    const launcher = await programLauncher(test, 'bwrap', root, { proxy, resolve: resolved });
    const net = [`127.0.0.1:${port}`];
    return launcher.launch(programLaunch(script, { net, ...program }, { env, refused: (why) => void refused.push(why) }));
  };
  const curl = async (test: Mocha.Context, ...args: readonly string[]): Promise<string> => {
    const command = systemProgram(test, 'curl');
    const { stdout, stderr } = await outcome(
      await start(test, '', { command, args: ['-sS', '-w', ' %{http_code} %{http_connect}', ...args] }),
    );
    return `${stdout} ${stderr}`.trim();
  };

  it('leads curl to what was granted, and to nothing else', async function () {
    expect(await curl(this, `http://127.0.0.1:${port}/a?b=c`)).to.equal('hello 200 000');
    expect(await curl(this, '-p', `http://127.0.0.1:${port}/tunnel`)).to.equal('hello 200 200');
    expect(await curl(this, `http://127.0.0.1:${otherPort}/`))
      .to.contain('egress refused')
      .and.contain(' 403 000');
    expect(await curl(this, '-p', `http://127.0.0.1:${otherPort}/`)).to.contain(' 403');
    expect(await curl(this, `http://localhost:${port}/`)).to.contain(' 403 000');
    expect(await curl(this, '--noproxy', '*', `http://127.0.0.1:${port}/`)).to.contain("Couldn't connect");
    expect(seen.map(({ url }) => url)).to.deep.equal(['/a?b=c', '/tunnel']);
    expect(refused).to.include(`egress refused: 127.0.0.1:${otherPort} is not in the server sample's allow list`);
  });

  it('leads Python and Node to what was granted, and to nothing else', async function () {
    const python = `
import urllib.request, urllib.error
print(urllib.request.urlopen('http://127.0.0.1:${port}/python').read().decode())
try: urllib.request.urlopen('http://127.0.0.1:${otherPort}/')
except urllib.error.HTTPError as error: print(error.code)
`;
    expect(await said(await start(this, '', { command: systemProgram(this, 'python3'), args: ['-c', python] }))).to.equal('hello\n403\n');
    const node = `(async () => {
      console.log(await (await fetch('http://127.0.0.1:${port}/node')).text());
      await fetch('http://127.0.0.1:${otherPort}/').then((answer) => console.log(answer.status), (error) => console.log(error.cause.message));
    })()`;
    expect(await said(await start(this, node))).to.match(/^hello\n(?:403|.*\(403\).*|.*403.*)\n$/i);
    expect(seen.map(({ url }) => url)).to.deep.equal(['/python', '/node']);
  });

  it('hands a request through whole, without what was for the proxy', async function () {
    const body = 'x'.repeat(300_000);
    const script = `const socket = require('node:net').connect(new URL(process.env.HTTP_PROXY).port, '127.0.0.1');
      socket.write('POST http://127.0.0.1:${port}/post HTTP/1.1\\r\\nHost: forged.example\\r\\nProxy-Authorization: Basic eA==\\r\\nConnection: keep-alive\\r\\nX-Own: 1\\r\\nContent-Length: ${body.length}\\r\\n\\r\\n' + 'x'.repeat(${body.length}));
      socket.pipe(process.stdout);`;
    expect(await said(await start(this, script))).to.match(/^HTTP\/1\.1 200 OK\r\n.*hello/s);
    const [{ url, headers, body: received } = { url: '', headers: {}, body: '' }] = seen;
    expect({ url, length: received.length }).to.deep.equal({ url: '/post', length: body.length });
    expect(headers).to.include({ host: `127.0.0.1:${port}`, connection: 'close', 'x-own': '1' });
    expect(headers).not.to.have.property('proxy-authorization');
  });

  it('refuses what is no request of a proxy, and a head without end', async function () {
    const script = `const ask = (bytes) => new Promise((resolve) => {
        const socket = require('node:net').connect(new URL(process.env.HTTP_PROXY).port, '127.0.0.1', () => socket.write(bytes));
        let text = '';
        socket.on('data', (part) => text += part).on('error', () => undefined).on('close', () => resolve(text.split('\\r\\n')[0]));
      });
      (async () => console.log(JSON.stringify(await Promise.all([
        'GET / HTTP/1.1\\r\\n\\r\\n', 'GET ftp://127.0.0.1/ HTTP/1.1\\r\\n\\r\\n', 'GET https://127.0.0.1/ HTTP/1.1\\r\\n\\r\\n', 'CONNECT nothing HTTP/1.1\\r\\n\\r\\n',
        'CONNECT 127.0.0.1:${port}/x HTTP/1.1\\r\\n\\r\\n', 'GET http://127.0.0.1:${port}/ HTTP/1.1\\r\\n folded: x\\r\\n\\r\\n', 'nonsense\\r\\n\\r\\n', 'A'.repeat(200_000),
        'CONNECT 127.0.0.1:99999 HTTP/1.1\\r\\n\\r\\n', 'CONNECT 127.0.0.1\\u0000.example.org:443 HTTP/1.1\\r\\n\\r\\n',
      ].map(ask)))))()`;
    const answers = JSON.parse(await said(await start(this, script))) as string[];
    expect(answers.slice(0, 8)).to.deep.equal(Array.from({ length: 8 }, () => 'HTTP/1.1 400 Bad Request'));
    expect(answers.slice(8)).to.deep.equal(['HTTP/1.1 403 Forbidden', 'HTTP/1.1 403 Forbidden']);
    expect(seen).to.deep.equal([]);
  });

  it('lets a name that was granted lead into a private network, and not to this machine', async function () {
    const launcher = await programLauncher(this, 'bwrap', root, { proxy, resolve: resolved });
    const net = [`rebound.example:${port}`, `metadata.example:80`, `*.pattern.example:${port}`];
    const command = systemProgram(this, 'curl');
    for (const [host, words] of [
      [`rebound.example:${port}`, '127.0.0.1, which is not on the open internet: grant that address itself'],
      ['metadata.example:80', '169.254.169.254, which is not on the open internet: grant that address itself'],
      [`a.pattern.example:${port}`, '10.0.0.1, which is not on the open internet'],
    ] as const) {
      const { stdout } = await outcome(await launcher.launch(programLaunch('', { command, args: ['-sS', `http://${host}/`], net })));
      expect(stdout).to.contain(words);
    }
    expect(seen).to.deep.equal([]);
  });

  it('hands the streams and the end of the program through the proxy, and no descriptor', async function () {
    const shell = systemProgram(this, 'sh');
    const echo = await start(this, "process.stdin.pipe(process.stdout); console.error('beside'); process.exitCode = 7");
    echo.stdin.write('line\n');
    expect(await outcome(echo)).to.deep.equal({ stdout: 'line\n', stderr: 'beside\n', end: '7' });
    expect((await outcome(await start(this, '', { command: shell, args: ['-c', 'kill -TERM $$'] }))).end).to.equal('143');
    const listed = await said(
      await start(this, '', { command: shell, args: ['-c', 'for fd in /proc/self/fd/*; do readlink "$fd"; done; true'] }),
    );
    expect(
      listed
        .trim()
        .split('\n')
        .filter((what) => /^(?:socket|pipe):/.test(what)).length,
    ).to.equal(3);
  });

  it('carries megabytes in both directions', async function () {
    const echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    try {
      const target = `127.0.0.1:${(echo.address() as AddressInfo).port}`;
      const script = `const socket = require('node:net').connect(new URL(process.env.HTTPS_PROXY).port, '127.0.0.1');
        const hash = require('node:crypto').createHash('sha256'); let bytes = 0; let sent = require('node:crypto').createHash('sha256');
        socket.write('CONNECT ${target} HTTP/1.1\\r\\n\\r\\n');
        socket.once('data', (head) => {
          if (!String(head).startsWith('HTTP/1.1 200')) process.exit(1);
          socket.on('data', (part) => { hash.update(part); bytes += part.length; });
          (async () => { for (let at = 0; at < 200; at += 1) { const part = Buffer.alloc(100_000, at); sent.update(part); if (!socket.write(part)) await new Promise((resolve) => socket.once('drain', resolve)); } socket.end(); })();
          socket.on('close', () => console.log(bytes, hash.digest('hex') === sent.digest('hex')));
        });`;
      expect(await said(await start(this, script, { net: [target] }))).to.equal('20000000 true\n');
    } finally {
      echo.close();
    }
  });

  it('starts no proxy, and says nothing of one, where no host was granted', async function () {
    const script = 'console.log(JSON.stringify([Object.keys(process.env).filter((name) => /proxy/i.test(name)), process.ppid]))';
    expect(JSON.parse(await said(await start(this, script, { net: [] })))).to.deep.equal([[], 1]);
    const [names] = JSON.parse(await said(await start(this, script))) as [string[]];
    expect(names.sort()).to.deep.equal([
      'ALL_PROXY',
      'HTTPS_PROXY',
      'HTTP_PROXY',
      'NODE_USE_ENV_PROXY',
      'all_proxy',
      'http_proxy',
      'https_proxy',
    ]);
  });

  for (const tier of PROGRAM_TIERS) {
    for (const net of [[], ['127.0.0.1:9']]) {
      it(`leaves nothing running when Pyra is killed, in the tier ${tier} ${net.length > 0 ? 'with' : 'without'} a host granted`, async function () {
        await programLauncher(this, tier, root);
        if (tier === 'plain') systemProgram(this, 'setpriv');
        const marker = `marker-${process.pid}-${Date.now()}`;
        const launch = programLaunch('', { args: ['-e', "console.log('up'); setInterval(() => 0, 1000)", marker], net });
        const host: ChildProcess = spawn(process.execPath, [HOST, join(root, 'home'), tier, proxy, JSON.stringify(launch)], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        try {
          await new Promise((resolve) => host.stdout?.once('data', resolve));
          expect(running(marker).length).to.be.at.least(2);
        } finally {
          host.kill('SIGKILL');
        }
        while (running(marker).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      });
    }
  }
});

/** The names of this test, and addresses as they are. */
async function resolved(host: string): Promise<readonly { readonly address: string; readonly family: number }[]> {
  const names: Readonly<Record<string, string>> = {
    'rebound.example': '127.0.0.1',
    'metadata.example': '169.254.169.254',
    'a.pattern.example': '10.0.0.1',
  };
  return [{ address: names[host] ?? host, family: 4 }];
}

function serving(see: (url: string | undefined, headers: IncomingHttpHeaders, body: string) => void): Promise<Server> {
  return new Promise((resolve) => {
    const server = createHttpServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        see(request.url, request.headers, body);
        response.end('hello');
      });
    });
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/** The processes that have a marker on their command line. */
function running(marker: string): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(marker);
    } catch {
      return false;
    }
  });
}

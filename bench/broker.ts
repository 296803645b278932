import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildLauncher } from '../src/adapters/plugins/child-launcher.js';
import { networkedScript } from '../test/support/networked-script.js';
import { scriptRequest } from '../test/support/sandboxed-script.js';
import type { Benchmark } from './figure.js';
import { median } from './statistics.js';

const CONNECTIONS = 200;
const MEGABYTES = 50;
const TRANSFERS = 5;

/** A server of its own process, so that its work does not count: answers a byte with a byte, and `B` with many. */
const SERVER = `
const many = Buffer.alloc(${MEGABYTES} * 1e6, 7);
require('node:net').createServer((socket) => {
  socket.on('error', () => undefined).setNoDelay();
  socket.on('data', (data) => socket.end(data[0] === 66 ? many : data));
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });
`;

/** What the way through the broker costs a plugin and its host. */
export const broker: Benchmark = {
  name: 'broker',
  async run() {
    const root = mkdtempSync(join(realpathSync(tmpdir()), 'pyra-bench-'));
    const server = spawn(process.execPath, ['--eval', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = (await once(server.stdout, 'data')) as [Buffer];
      const port = Number(line);
      const direct: number[] = [];
      for (let turn = -20; turn < CONNECTIONS; turn += 1) {
        const took = await there(port);
        if (turn >= 0) direct.push(took);
      }
      const launcher = new ChildLauncher({ home: join(root, 'home'), resolve: async () => [{ address: '127.0.0.1', family: 4 }] });
      const { tier } = await launcher.tier();
      const request = scriptRequest(root, await networkedScript(pluginScript(port)), { net: [`{settings.host}:${port}`] });
      const child = await launcher.launch({ ...request, settings: { main: { host: 'server.test' } } as never });
      child.stderr.pipe(process.stderr);
      const lines = linesOf(child.stdout);
      const connection = Number(await lines());
      const speeds: number[] = [];
      const costs: number[] = [];
      for (let turn = 0; turn < TRANSFERS; turn += 1) {
        const before = process.cpuUsage();
        child.stdin.write('go\n');
        speeds.push(MEGABYTES / Number(await lines()));
        const { user, system } = process.cpuUsage(before);
        costs.push((user + system) / 1000 / MEGABYTES);
      }
      child.stdin.end();
      await child.ended;
      const base = median(direct);
      return [
        {
          name: 'a connection through the broker, more than a direct one',
          value: connection - base,
          unit: 'ms',
          target: { most: 1 },
          detail: { tier, direct: base, through: connection },
        },
        {
          name: 'the broker, host CPU a MB',
          value: median(costs),
          unit: 'ms',
          target: { most: 2.5 },
          detail: { tier, 'MB/s': median(speeds) },
        },
      ];
    } finally {
      server.kill();
      rmSync(root, { recursive: true, force: true });
    }
  },
};

/** Prints the median of a connection; then, for each line that it is given, receives the lot and prints the seconds that it took. */
function pluginScript(port: number): string {
  return `
    const net = require('node:net');
    const there = (text) => new Promise((resolve, reject) => {
      const start = performance.now();
      const socket = net.connect(${port}, 'server.test', () => socket.write(text));
      socket.on('data', () => undefined).on('error', reject).on('end', () => resolve(performance.now() - start));
    });
    const times = [];
    for (let turn = -20; turn < ${CONNECTIONS}; turn += 1) { const took = await there('x'); if (turn >= 0) times.push(took); }
    times.sort((left, right) => left - right);
    await there('B');
    print(times[${CONNECTIONS / 2}]);
    for await (const _line of process.stdin) print((await there('B')) / 1000);
  `;
}

/** One connection, one byte there and back, in milliseconds. */
function there(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const socket = connect(port, '127.0.0.1', () => socket.write('x'));
    socket
      .on('data', () => undefined)
      .on('error', reject)
      .on('end', () => resolve(performance.now() - start));
  });
}

function linesOf(stream: NodeJS.ReadableStream): () => Promise<string> {
  let text = '';
  stream.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  return async () => {
    while (!text.includes('\n')) await once(stream, 'data');
    const [line = ''] = text.split('\n', 1);
    text = text.slice(line.length + 1);
    return line;
  };
}

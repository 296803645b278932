/** What the probes aim at, as the script is told on its command line in JSON. */
export interface ProbeTargets {
  /** The plugin's own folder, with `data` in it. */
  readonly folder: string;
  /** A file outside, which a plugin must not read, and beside which it must not write. */
  readonly outside: string;
  /** Unix sockets of this test. */
  readonly sockets: readonly string[];
  /** A port on 127.0.0.1 at which this test listens. */
  readonly port: number;
  /** The process id of this test. */
  readonly host: number;
}

/** What each probe came to: `got …` when it had what it wanted, else the code of the error. */
export type ProbeResults = Readonly<Record<string, string>>;

const HELPERS = `
const fs = require('node:fs');
const net = require('node:net');
const results = {};
const settle = async (name, probe) => {
  let timer;
  const late = new Promise((resolve) => { timer = setTimeout(() => resolve('TIMEOUT'), 3000); });
  const tried = (async () => probe())().then((value) => 'got ' + value, (error) => String(error.code ?? error.message));
  results[name] = await Promise.race([tried, late]);
  clearTimeout(timer);
};
const connected = (options) => new Promise((resolve, reject) => {
  const socket = net.connect(options, () => { socket.destroy(); resolve('a connection'); });
  socket.on('error', reject);
});
const finish = () => { process.stdout.write(JSON.stringify(results)); process.exit(0); };
`;

/** A plugin that tries everything that a plugin must not be able to do. */
export function probeScript(targets: ProbeTargets): string {
  return `${HELPERS}
const T = ${JSON.stringify(targets)};
(async () => {
  await settle('reads its own file', () => fs.readFileSync(T.folder + '/own.txt', 'utf8'));
  await settle('writes to its data folder', () => fs.writeFileSync(T.folder + '/data/note', 'x') ?? 'it');
  await settle('writes to its own folder', () => fs.writeFileSync(T.folder + '/own.txt', 'changed'));
  await settle('reads a file outside', () => fs.readFileSync(T.outside, 'utf8'));
  await settle('reads it through ..', () => fs.readFileSync(T.folder + '/data/../../../../outside.txt', 'utf8'));
  await settle('writes outside', () => fs.writeFileSync(T.outside + '.new', 'x'));
  await settle('lists the root', () => fs.readdirSync('/').join());
  await settle('reads the environment of process 1', () => fs.readFileSync('/proc/1/environ', 'utf8'));
  await settle('makes a symbolic link', () => fs.symlinkSync(T.outside, T.folder + '/data/link'));
  await settle('makes a hard link', () => fs.linkSync(T.outside, T.folder + '/data/hard'));
  await settle('starts a program', () => require('node:child_process').execFileSync('/bin/true'));
  await settle('starts a worker', () => new (require('node:worker_threads').Worker)('0', { eval: true }));
  await settle('loads an addon', () => process.dlopen({ exports: {} }, T.folder + '/x.node'));
  await settle('calls native code', () => require('node:ffi').dlopen(null, { getpid: { parameters: [], result: 'i32' } }));
  await settle('copies a file in', () => fs.cpSync(T.outside, T.folder + '/data/copy'));
  await settle('copies a file out', () => fs.cpSync(T.folder + '/own.txt', T.outside + '.copy'));
  await settle('writes a report', () => process.report.writeReport(T.outside + '.json'));
  await settle('opens a database', () => new (require('node:sqlite').DatabaseSync)(T.outside));
  await settle('reaches into Node', () => process.binding('fs'));
  await settle('opens its inspector', () => require('node:inspector').open(0));
  await settle('uses WASI', () => new (require('node:wasi').WASI)({ version: 'preview1', preopens: { '/': '/' } }).getImportObject().wasi_snapshot_preview1 && 'it');
  await settle('resolves a name', () => require('node:dns').promises.lookup('localhost'));
  await settle('asks a name server', () => require('node:dns').promises.resolve('example.org'));
  await settle('sends a datagram', () => new Promise((resolve, reject) => {
    const socket = require('node:dgram').createSocket('udp4').on('error', reject);
    socket.send('x', 53, '127.0.0.1', (error) => error ? reject(error) : resolve('it'));
  }));
  await settle('listens', () => new Promise((resolve, reject) => net.createServer().on('error', reject).listen(0, () => resolve('it'))));
  await settle('connects to a port', () => connected({ host: '127.0.0.1', port: T.port }));
  for (const path of T.sockets) await settle('connects to ' + path.split('/').pop(), () => connected({ path }));
  finish();
})();
`;
}

/**
 * A plugin that may start programs and starts an unrestricted Node, so that nothing but the system itself keeps it in: raw handles, the
 * whole of the file system, signals.
 */
export function unrestrictedProbeScript(targets: ProbeTargets): string {
  const inner = `${HELPERS}
const T = ${JSON.stringify(targets)};
(async () => {
  await settle('is unrestricted', () => process.permission === undefined ? 'it' : process.permission.has('fs.read'));
  await settle('reads a file outside', () => fs.readFileSync(T.outside, 'utf8'));
  await settle('lists the root', () => fs.readdirSync('/').sort().join());
  await settle('reads environments', () => fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).map((pid) => {
    try { return fs.readFileSync('/proc/' + pid + '/environ', 'latin1'); } catch { return ''; }
  }).join('').includes('CANARY') ? 'the canary' : 'nothing');
  await settle('signals the host', () => process.kill(T.host, 0));
  await settle('writes to its own folder', () => fs.writeFileSync(T.folder + '/own.txt', 'changed'));
  await settle('connects to a port', () => connected({ host: '127.0.0.1', port: T.port }));
  await settle('connects by a raw handle', () => new Promise((resolve, reject) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      let request;
      require('node:async_hooks').createHook({ init(id, type, trigger, resource) { if (type === 'TCPCONNECTWRAP') request = resource; } }).enable();
      net.connect(server.address().port, '127.0.0.1').on('error', () => undefined);
      setTimeout(() => {
        const { TCP } = { TCP: server._handle.constructor };
        const raw = new TCP(0);
        const wrap = new request.constructor();
        wrap.oncomplete = (status) => status === 0 ? resolve('a connection') : reject(Object.assign(new Error('refused'), { code: String(status) }));
        const started = raw.connect(wrap, '127.0.0.1', T.port);
        if (started !== 0) reject(Object.assign(new Error('refused'), { code: String(started) }));
      }, 100);
    });
  }));
  for (const path of T.sockets) await settle('connects to ' + path.split('/').pop(), () => connected({ path }));
  finish();
})();
`;
  // Node passes its restrictions on to the programs that it starts, in their environment.
  return `
const child = require('node:child_process').spawn('/usr/bin/env', ['-i', process.execPath, '--eval', ${JSON.stringify(inner)}], { stdio: ['ignore', 'inherit', 'inherit'] });
child.on('error', (error) => { console.error(error); process.exit(1); });
child.on('exit', (code) => process.exit(code ?? 1));
`;
}

/** A plugin that makes V8 write its own text into files outside, by a flag that it sets while it runs. */
export function flagProbeScript(files: readonly string[]): string {
  return `
const text = '(function (count) { let sum = 0; for (let at = 0; at < count; at += 1) sum += at % 3; return sum; /*\\nPLANTED\\n*/ })';
for (const file of ${JSON.stringify(files)}) {
  for (const flag of ['--redirect-code-traces', '--redirect-code-traces-to=' + file, '--print-opt-code', '--trace-turbo', '--trace-turbo-cfg-file=' + file]) {
    try { require('node:v8').setFlagsFromString(flag); } catch {}
  }
  const run = require('node:vm').runInThisContext(text);
  for (let turn = 0; turn < 60; turn += 1) run(200_000);
}
`;
}

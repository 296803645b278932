import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { AgeVault } from '../../../../src/adapters/age/age-vault.js';
import { agentSocket } from '../../../../src/adapters/age/agent-protocol.js';
import { AgentVault } from '../../../../src/adapters/age/agent-vault.js';
import { DetachedUnlockAgent } from '../../../../src/adapters/age/detached-unlock-agent.js';
import { FsAuditLog } from '../../../../src/adapters/filesystem/fs-audit-log.js';
import { homePaths } from '../../../../src/adapters/support/home-paths.js';
import type { SecretName } from '../../../../src/core/domain/identifiers.js';
import { Secret } from '../../../../src/core/domain/secret.js';
import { refusal } from '../../../contract/vault.contract.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const PASSPHRASE = new Secret('the canary passphrase');
const NAME = 'openai' as SecretName;
const HOUR = 3_600_000;
const hasProc = existsSync('/proc/self/environ');

describe('the unlock agent as a process', function () {
  this.timeout(30_000);
  let folder = '';
  let home = '';

  beforeEach(async () => {
    folder = temporaryFolder();
    home = join(folder, 'home');
    await makeVault(home);
  });
  afterEach(async () => {
    await agentOf().stop();
    removeFolder(folder);
  });

  const agentOf = (at = home, environment: Readonly<Record<string, string>> = {}): DetachedUnlockAgent =>
    new DetachedUnlockAgent({ home: at, environment });
  const clientOf = (at = home): AgentVault => new AgentVault({ run: homePaths(at).run, environment: {} });
  async function makeVault(at: string): Promise<void> {
    const vault = new AgeVault({ root: homePaths(at).vault, workFactor: 10 });
    await vault.create(PASSPHRASE);
    await vault.set(NAME, new Secret('sk-canary-value'));
  }
  /** The processes that hold a socket file open, found without knowing their names. */
  function agentPid(socket = join(home, 'run/agent.sock')): number {
    // Connections that it accepted carry the same path; the fourth field marks the socket that listens.
    const inode = readFileSync('/proc/net/unix', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .find((fields) => fields[3] === '00010000' && fields[7] === socket)?.[6];
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (descriptorsOf(pid).includes(`socket:[${inode}]`)) return Number(pid);
    }
    throw new Error('no process listens there');
  }
  /** What a process has open. */
  function descriptorsOf(pid: number | string): readonly string[] {
    try {
      return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
        try {
          return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
        } catch {
          return [];
        }
      });
    } catch {
      return [];
    }
  }
  const until = async (what: () => boolean | Promise<boolean>, ms = 6_000): Promise<void> => {
    const end = performance.now() + ms;
    while (!(await what())) {
      if (performance.now() > end) throw new Error('it did not come about in time');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const isGone = (pid: number): boolean => {
    try {
      // A container without an init process keeps ended processes as zombies.
      return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return true;
    }
  };

  it('gives values from its memory, with socket and token for this user alone, and writes each use down', async () => {
    await agentOf().start(PASSPHRASE, HOUR);
    const { run } = homePaths(home);
    expect(statSync(run).mode & 0o777).to.equal(0o700);
    expect(statSync(join(run, 'agent.sock')).mode & 0o777).to.equal(0o600);
    expect(statSync(join(run, 'token')).mode & 0o777).to.equal(0o600);
    expect(readFileSync(join(run, 'token'))).to.have.length(32);
    expect((await clientOf().get(NAME))?.reveal()).to.equal('sk-canary-value');
    expect(await clientOf().get('other' as SecretName)).to.equal(undefined);
    const log = new FsAuditLog(home);
    expect((await log.recent('security', 9)).map(({ event }) => event)).to.deep.equal(['vault-unlock', 'vault-read', 'vault-read']);
    await agentOf().stop();
    expect(readdirSync(run)).to.deep.equal([]);
    await until(async () => (await log.recent('security', 1))[0]?.event === 'vault-lock');
    expect((await log.verify('security')).faults).to.deep.equal([]);
    expect(readFileSync(join(home, 'security.log'), 'utf8')).not.to.include('canary');
  });

  it('has a new token at each start', async () => {
    await agentOf().start(PASSPHRASE, HOUR);
    const first = readFileSync(join(home, 'run/token'));
    await agentOf().start(PASSPHRASE, HOUR);
    expect(readFileSync(join(home, 'run/token')).equals(first)).to.equal(false);
    expect((await clientOf().get(NAME))?.reveal()).to.equal('sk-canary-value');
  });

  it('shows nothing in its arguments, environment, title and folder, and leaves no core', async function () {
    if (!hasProc) this.skip();
    process.env.PYRA_TEST_CANARY = 'environment canary';
    try {
      await agentOf().start(PASSPHRASE, HOUR);
    } finally {
      delete process.env.PYRA_TEST_CANARY;
    }
    await clientOf().get(NAME);
    const pid = agentPid();
    const shown = ['cmdline', 'environ', 'comm', 'status'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'latin1')).join('\n');
    const token = readFileSync(join(home, 'run/token'));
    for (const secret of ['canary', home, token.toString('hex'), token.toString('latin1'), 'AGE-SECRET'])
      expect(shown).not.to.include(secret);
    expect(readFileSync(`/proc/${pid}/limits`, 'utf8')).to.match(/^Max core file size\s+0\s+0\s/m);
    expect(readlinkSync(`/proc/${pid}/cwd`)).to.equal('/');
  });

  it('opens no debugging port for SIGUSR1', async function () {
    if (!hasProc) this.skip();
    await agentOf().start(PASSPHRASE, HOUR);
    const pid = agentPid();
    process.kill(pid, 'SIGUSR1');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(isGone(pid)).to.equal(false);
    const inodes = new Set(descriptorsOf(pid));
    const listening = readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state]) => state === '0A')
      .map((fields) => `socket:[${fields[9]}]`);
    expect(listening.filter((inode) => inodes.has(inode))).to.deep.equal([]);
    expect((await clientOf().get(NAME))?.reveal()).to.equal('sk-canary-value');
  });

  it('ends when its time is over, and takes socket and token away', async () => {
    await agentOf().start(PASSPHRASE, 1_000);
    await until(() => !existsSync(join(home, 'run/agent.sock')));
    expect(readdirSync(join(home, 'run'))).to.deep.equal([]);
    await refusal('vault/locked', () => clientOf().get(NAME));
  });

  it('ends when run/ disappears, and does not bring a removed home back', async function () {
    if (!hasProc) this.skip();
    await agentOf().start(PASSPHRASE, HOUR);
    const pid = agentPid();
    renameSync(home, join(folder, 'moved'));
    await until(() => isGone(pid));
    expect(existsSync(home)).to.equal(false);
  });

  it('ends at SIGTERM, SIGINT and SIGHUP', async function () {
    if (!hasProc) this.skip();
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      await agentOf().start(PASSPHRASE, HOUR);
      const pid = agentPid();
      process.kill(pid, signal);
      await until(() => isGone(pid));
      expect(await agentOf().status(), signal).to.equal(undefined);
    }
  });

  it('takes the place of one that was killed', async function () {
    if (!hasProc) this.skip();
    await agentOf().start(PASSPHRASE, HOUR);
    process.kill(agentPid(), 'SIGKILL');
    await until(async () => (await agentOf().status()) === undefined);
    expect(existsSync(join(home, 'run/agent.sock')), 'it left its socket').to.equal(true);
    await agentOf().start(PASSPHRASE, HOUR);
    expect((await clientOf().get(NAME))?.reveal()).to.equal('sk-canary-value');
  });

  it('leaves one of several that start at once', async function () {
    if (!hasProc) this.skip();
    const results = await Promise.allSettled([1, 2, 3].map(() => agentOf().start(PASSPHRASE, HOUR)));
    expect(results.some(({ status }) => status === 'fulfilled')).to.equal(true);
    await agentOf().start(PASSPHRASE, HOUR);
    expect((await clientOf().get(NAME))?.reveal()).to.equal('sk-canary-value');
  });

  it('answers many callers at once', async () => {
    await agentOf().start(PASSPHRASE, HOUR);
    const values = await Promise.all(Array.from({ length: 40 }, () => clientOf().get(NAME)));
    expect(new Set(values.map((value) => value?.reveal()))).to.deep.equal(new Set(['sk-canary-value']));
  });

  it('says what is wrong with a vault that it cannot open', async () => {
    const path = join(home, 'vault/keyring.age');
    rmSync(path, { force: true });
    writeFileSync(path, 'nonsense', { mode: 0o400 });
    expect(await refusal('vault/corrupt', () => agentOf().start(PASSPHRASE, HOUR)))
      .to.include('keyring.age')
      .and.not.include('canary');
    expect(existsSync(join(home, 'run/token'))).to.equal(false);
  });

  it('refuses a folder for its socket that others can enter, and a link', async () => {
    mkdirSync(join(home, 'run'), { mode: 0o755 });
    await refusal('home/insecure', () => agentOf().start(PASSPHRASE, HOUR));
    rmSync(join(home, 'run'), { recursive: true });
    mkdirSync(join(folder, 'elsewhere'), { mode: 0o700 });
    symlinkSync(join(folder, 'elsewhere'), join(home, 'run'));
    await refusal('home/insecure', () => agentOf().start(PASSPHRASE, HOUR));
    expect(readdirSync(join(folder, 'elsewhere'))).to.deep.equal([]);
    rmSync(join(home, 'run'));
  });

  it('listens on a short path where that of the home is too long for a socket', async () => {
    const deep = join(folder, 'x'.repeat(90), 'home');
    const environment = { XDG_RUNTIME_DIR: folder };
    await makeVault(deep);
    const agent = agentOf(deep, environment);
    await agent.start(PASSPHRASE, HOUR);
    const socket = agentSocket(homePaths(deep).run, environment);
    expect(dirname(dirname(socket))).to.equal(folder);
    expect(statSync(socket).mode & 0o777).to.equal(0o600);
    expect(statSync(dirname(socket)).mode & 0o777).to.equal(0o700);
    const client = new AgentVault({ run: homePaths(deep).run, environment });
    expect((await client.get(NAME))?.reveal()).to.equal('sk-canary-value');
    expect(await agent.stop()).to.equal(true);
  });
});

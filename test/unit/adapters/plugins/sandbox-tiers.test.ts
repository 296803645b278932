import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { linksIn } from '../../../../src/adapters/plugins/plugin-files.js';
import {
  flagProbeScript,
  type ProbeResults,
  type ProbeTargets,
  probeScript,
  unrestrictedProbeScript,
} from '../../../support/sandbox-probes.js';
import { launcherOf, printed, scriptRequest, TIERS } from '../../../support/sandboxed-script.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const SOCKETS = ['daemon.sock', 'agent.sock'];
const ALLOWED = ['reads its own file', 'writes to its data folder'];
/** What Node's permissions leave open below version 26, and the tier does not close; a namespace has a loopback of its own. */
const OPEN_BELOW_26: Readonly<Record<(typeof TIERS)[number], readonly string[]>> = {
  bwrap: ['sends a datagram', 'listens'],
  unshare: ['resolves a name', 'listens', 'connects to daemon.sock', 'connects to agent.sock'],
  plain: ['resolves a name', 'sends a datagram', 'listens', 'connects to a port', 'connects to daemon.sock', 'connects to agent.sock'],
};
const BELOW_26 = Number.parseInt(process.versions.node, 10) < 26;

describe('the sandbox of plugins', () => {
  let root: string;
  let targets: ProbeTargets;
  const servers: Server[] = [];

  beforeEach(async () => {
    root = temporaryFolder();
    scriptRequest(root, '');
    writeFileSync(join(root, 'outside.txt'), 'outside');
    const sockets = SOCKETS.map((name) => join(root, name));
    const port = await listen(servers, 0);
    for (const path of sockets) await listen(servers, path);
    targets = { folder: join(root, 'home/plugins/sample'), outside: join(root, 'outside.txt'), sockets, port, host: process.pid };
  });

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
    removeFolder(root);
  });

  for (const tier of TIERS) {
    describe(`the tier ${tier}`, () => {
      it('lets a plugin read its folder and write its data folder, and nothing else', async function () {
        const launcher = await launcherOf(this, tier, root);
        const child = await launcher.launch(scriptRequest(root, probeScript(targets)));
        const results = JSON.parse(await printed(child)) as ProbeResults;
        const got = Object.entries(results).filter(([, result]) => result.startsWith('got'));
        expect(got.map(([probe]) => probe)).to.deep.equal([...ALLOWED, ...(BELOW_26 ? OPEN_BELOW_26[tier] : [])]);
        expect(Object.values(results)).not.to.include('TIMEOUT');
        expect(Object.keys(results).length).to.be.greaterThan(20);
        expect(readFileSync(join(targets.folder, 'own.txt'), 'utf8')).to.equal('own');
        expect(await linksIn(targets.folder)).to.deep.equal([]);
      });

      it('lets V8 write no file for a plugin that sets its flags', async function () {
        const launcher = await launcherOf(this, tier, root);
        const files = [targets.outside, join(root, 'planted.txt')];
        const child = await launcher.launch(scriptRequest(root, flagProbeScript(files)));
        child.stdin.end();
        child.stdout.resume();
        child.stderr.resume();
        await child.ended;
        expect(readFileSync(targets.outside, 'utf8')).to.equal('outside');
        expect(existsSync(join(root, 'planted.txt'))).to.equal(false);
      });

      it('tells a plugin no environment but HOME, the time zone and how to use memory', async function () {
        const launcher = await launcherOf(this, tier, root);
        const child = await launcher.launch(scriptRequest(root, 'process.stdout.write(JSON.stringify(process.env))'));
        const { PWD, ...environment } = JSON.parse(await printed(child)) as Record<string, string>;
        expect(PWD).to.be.oneOf([undefined, '/']);
        expect(environment).to.deep.equal({
          HOME: join(targets.folder, 'data'),
          TZ: Intl.DateTimeFormat().resolvedOptions().timeZone,
          MALLOC_ARENA_MAX: '1',
        });
      });
    });
  }

  describe('what the system itself holds against a plugin that starts an unrestricted Node', () => {
    const probe = async (tier: 'bwrap' | 'unshare', test: Mocha.Context): Promise<ProbeResults> => {
      const launcher = await launcherOf(test, tier, root);
      process.env.PYRA_TEST_CANARY = 'CANARY';
      try {
        const request = scriptRequest(root, unrestrictedProbeScript(targets), { run: ['true'] });
        const results = JSON.parse(await printed(await launcher.launch(request))) as ProbeResults;
        expect(results['is unrestricted']).to.equal('got it');
        return results;
      } finally {
        delete process.env.PYRA_TEST_CANARY;
      }
    };

    it('is everything under bwrap: no file, no environment, no process, no port, no socket', async function () {
      const { 'lists the root': names, ...results } = await probe('bwrap', this);
      expect(results).to.deep.equal({
        'is unrestricted': 'got it',
        'reads a file outside': 'ENOENT',
        'reads environments': 'got nothing',
        'signals the host': 'ESRCH',
        'writes to its own folder': 'EROFS',
        'connects to a port': 'ECONNREFUSED',
        'connects by a raw handle': '-111',
        'connects to daemon.sock': 'ENOENT',
        'connects to agent.sock': 'ENOENT',
      });
      expect(names).not.to.match(/home|root|var|run|mnt|opt/);
    });

    it('is the network and the processes under unshare', async function () {
      const results = await probe('unshare', this);
      expect(results).to.include({ 'connects to a port': 'ENETUNREACH', 'connects by a raw handle': '-101' });
      expect(results['signals the host']).to.equal('ESRCH');
    });
  });
});

/** Listens at a path, or at a free port of 127.0.0.1; gives the port. */
async function listen(servers: Server[], at: string | 0): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  servers.push(server);
  await new Promise<void>((resolve) => (at === 0 ? server.listen(0, '127.0.0.1', resolve) : server.listen(at, resolve)));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

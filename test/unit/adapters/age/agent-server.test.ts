import { chmodSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { AgentVault } from '../../../../src/adapters/age/agent-vault.js';
import { InMemoryVault } from '../../../../src/adapters/in-memory/in-memory-vault.js';
import { PyraError } from '../../../../src/core/domain/errors.js';
import type { SecretName } from '../../../../src/core/domain/identifiers.js';
import { Secret } from '../../../../src/core/domain/secret.js';
import type { SecretReader } from '../../../../src/ports/vault.js';
import { refusal } from '../../../contract/vault.contract.js';
import { type AgentPair, agentPair } from '../../../support/agent-pair.js';

const NAME = 'openai' as SecretName;
const MINUTE = 60_000;

describe('the server of the unlock agent', () => {
  let vault: InMemoryVault;
  let pair: AgentPair;

  beforeEach(async () => {
    vault = new InMemoryVault();
    await vault.create(new Secret('a passphrase'));
    await vault.set(NAME, new Secret('sk-canary-value'));
    pair = await agentPair(vault);
  });
  afterEach(() => pair.close());

  const token = (): string => JSON.stringify({ token: pair.token.toString('hex') });
  const ask = (id: number, method = 'get', params: object = { name: NAME }): string => JSON.stringify({ id, method, params });

  /** Sends bytes and gives everything that comes back until the connection closes; fails after `ms`. */
  const exchange = (pieces: readonly (string | Uint8Array)[], ms = 4_000): Promise<string> =>
    new Promise((resolve, reject) => {
      const connection = createConnection(pair.socket);
      let received = '';
      const timer = setTimeout(() => {
        connection.destroy();
        reject(new Error(`still open after ${ms} ms; received ${received}`));
      }, ms);
      connection.on('data', (piece) => (received += String(piece)));
      connection.on('error', () => undefined);
      connection.on('close', () => {
        clearTimeout(timer);
        resolve(received);
      });
      for (const piece of pieces) connection.write(piece);
    });
  const reads = (): readonly unknown[] => pair.audit.entries.map(({ event, detail }) => [event, detail]);

  it('gives a value for the token, and writes it down before', async () => {
    expect((await pair.client.get(NAME))?.reveal()).to.equal('sk-canary-value');
    expect(await pair.client.get('unknown' as SecretName)).to.equal(undefined);
    expect(reads()).to.deep.equal([
      ['vault-read', { name: 'openai', by: 'agent', outcome: 'given' }],
      ['vault-read', { name: 'unknown', by: 'agent', outcome: 'unknown' }],
    ]);
    expect(JSON.stringify(pair.audit.entries)).not.to.include('canary');
  });

  it('gives nothing that cannot be written down', async () => {
    await pair.close();
    pair = await agentPair(vault, {
      audit: {
        append: async () => {
          throw new PyraError('home/unwritable', 'the disk is full');
        },
        recent: async () => [],
        verify: async () => ({ log: 'security', entries: 0, sealedTo: 0, faults: [] }),
      },
    });
    expect(await refusal('home/unwritable', () => pair.client.get(NAME))).not.to.include('canary');
    const raw = await exchange([`${token()}\n${ask(1)}\n`, 'x\n']);
    expect(raw).not.to.include('canary');
  });

  for (const [what, first] of [
    ['no token', () => ask(1)],
    ['an empty one', () => '{"token":""}'],
    ['a wrong one', () => JSON.stringify({ token: `${'a5'.repeat(31)}a4` })],
    ['one that is too short', () => JSON.stringify({ token: 'a5'.repeat(31) })],
    ['one that is too long', () => JSON.stringify({ token: 'a5'.repeat(33) })],
    ['one in capitals', () => JSON.stringify({ token: 'A5'.repeat(32) })],
    ['a number', () => '{"token":1}'],
    ['a list of it', () => JSON.stringify({ token: ['a5'.repeat(32)] })],
    ['a bare string', () => JSON.stringify('a5'.repeat(32))],
    ['null', () => 'null'],
    ['what is not JSON', () => 'GET / HTTP/1.1\r'],
    ['an empty line', () => ''],
    ['a token nested too deep', () => `${'['.repeat(2_000)}`],
  ] as const) {
    it(`closes without an answer for ${what}`, async () => {
      for (const method of ['get', 'status', 'lock', 'names', 'set']) {
        expect(await exchange([`${first()}\n${ask(1, method)}\n`])).to.equal('');
      }
      expect(pair.ends).to.deep.equal([]);
      expect(reads().every((entry) => JSON.stringify(entry) === '["vault-refused",{"by":"agent","reason":"no token"}]')).to.equal(true);
      expect(reads().length, 'refusals are written down, but cannot flood the log').to.be.within(1, 5);
    });
  }

  it('closes a connection that says nothing, or half a token, after two seconds', async () => {
    const started = performance.now();
    expect(await Promise.all([exchange([]), exchange([token()])])).to.deep.equal(['', '']);
    expect(performance.now() - started).to.be.within(1_800, 3_500);
  });

  it('closes at a line that is too long, before and after the token', async () => {
    expect(await exchange(['x'.repeat(5_000)])).to.equal('');
    expect(await exchange([`${token()}\n`, Buffer.alloc(10_000_000, 0x78)])).to.equal('');
  });

  it('closes at a request that is none', async () => {
    for (const line of [
      '{',
      '[]',
      'null',
      '{"id":"1","method":"get"}',
      '{"id":1}',
      '{"id":1,"method":["get"]}',
      '{"id":1,"method":"get","params":[]}',
    ]) {
      expect(await exchange([`${token()}\n${line}\n`]), line).to.equal('');
    }
  });

  it('closes when too much is asked at once', async () => {
    expect(await exchange([`${token()}\n`, `${ask(1, 'status')}\n`.repeat(1_000)])).not.to.include('"id":1000');
  });

  it('has no other methods, and says nothing about what it has', async () => {
    const answer = await exchange([
      `${token()}\n${ask(1, 'names')}\n${ask(2, 'constructor')}\n${ask(3, 'get', { name: '../keyring' })}\n`,
      'bad\n',
    ]);
    expect(
      answer
        .split('\n')
        .slice(0, 3)
        .map((line) => JSON.parse(line)),
    ).to.deep.equal([
      { id: 1, error: { code: 'bug', message: 'the unlock agent cannot answer this' } },
      { id: 2, error: { code: 'bug', message: 'the unlock agent cannot answer this' } },
      { id: 3, result: {} },
    ]);
  });

  it('answers in order when a frame comes in pieces, and several in one', async () => {
    const text = `${token()}\n${ask(1)}\n${ask(2, 'status')}\nend\n`;
    const answer = await exchange([...text].map((character) => character));
    expect(answer.match(/"id":\d/g)).to.deep.equal(['"id":1', '"id":2']);
  });

  it('passes damage on, and no other error', async () => {
    const failing = (error: unknown): SecretReader => ({
      get: async () => {
        throw error;
      },
    });
    await pair.close();
    pair = await agentPair(failing(new PyraError('vault/corrupt', 'vault/secrets/openai.age is damaged', { hint: 'a hint' })));
    expect(await refusal('vault/corrupt', () => pair.client.get(NAME)))
      .to.include('secrets/openai.age')
      .and.include('a hint');
    await pair.close();
    pair = await agentPair(failing(new Error('canary of a fault')));
    expect(await refusal('vault/locked', () => pair.client.get(NAME))).not.to.include('canary');
  });

  describe('over time', () => {
    it('ends after half an hour without use; every value that is given starts it anew', async () => {
      pair.clock.ms += 29 * MINUTE;
      await pair.client.get(NAME);
      pair.clock.ms += 29 * MINUTE;
      await pair.client.status();
      expect(pair.server.checkTime()).to.equal(true);
      pair.clock.ms += MINUTE - 1;
      expect(pair.server.checkTime()).to.equal(true);
      pair.clock.ms += 1;
      expect(pair.server.checkTime()).to.equal(false);
      expect(pair.ends).to.deep.equal(['idle']);
    });

    it('ends at its time however much it is used, and gives nothing from then on', async () => {
      for (let passed = 0; passed < 8 * 60 - 20; passed += 20) {
        pair.clock.ms += 20 * MINUTE;
        await pair.client.get(NAME);
      }
      pair.clock.ms += 20 * MINUTE;
      await refusal('vault/locked', () => pair.client.get(NAME));
      expect(pair.ends).to.deep.equal(['expired']);
      expect(await pair.client.status()).to.equal(undefined);
      expect(pair.ends, 'it ends once').to.have.length(1);
    });

    it('counts the time during which the machine slept', async () => {
      pair.clock.ms += 24 * 60 * MINUTE;
      await refusal('vault/locked', () => pair.client.get(NAME));
      expect(pair.ends).to.deep.equal(['expired']);
    });

    it('ends when it is told to', async () => {
      expect(await exchange([`${token()}\n${ask(1, 'lock')}\n`])).to.equal('{"id":1,"result":{}}\n');
      expect(pair.ends).to.deep.equal(['locked']);
    });
  });

  describe('seen from its callers', () => {
    it('is not there without a token file, with a short one, or with a wrong one', async () => {
      const path = join(pair.run, 'token');
      for (const bytes of [Buffer.alloc(0), Buffer.alloc(31), Buffer.alloc(33), Buffer.alloc(32, 1)]) {
        chmodSync(path, 0o600);
        writeFileSync(path, bytes);
        await refusal('vault/locked', () => pair.client.get(NAME));
      }
    });

    it('is not told the token where others can write', async () => {
      chmodSync(pair.run, 0o770);
      await refusal('vault/locked', () => pair.client.get(NAME));
      expect(pair.audit.entries).to.deep.equal([]);
    });

    it('is not waited for when it hangs', async () => {
      await pair.close();
      pair = await agentPair({ get: () => new Promise(() => undefined) });
      const started = performance.now();
      await refusal('vault/locked', () => new AgentVault({ run: pair.run, environment: {}, timeoutMs: 200 }).get(NAME));
      expect(performance.now() - started).to.be.lessThan(1_500);
    });
  });
});

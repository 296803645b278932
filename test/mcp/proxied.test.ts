import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { isPyraError } from '../../src/core/domain/errors.js';
import type { SecretName } from '../../src/core/domain/identifiers.js';
import { Secret } from '../../src/core/domain/secret.js';
import { FOREIGN, needsServers, sdkExample } from '../support/mcp-servers/foreign-servers.js';
import { addressOf, type HttpMcpServer, startProxiedServer } from '../support/mcp-servers/http-server.js';
import { type McpPerson, mcpPerson, mcpServer, reading, YES } from '../support/mcp-servers/mcp-person.js';

const KEY = 'key-4f1c0d2b9a77e3-of-the-proxy';

describe('a server behind mcp-proxy of the registry, which asks for a key', function () {
  this.timeout(60_000);
  let person: McpPerson;
  let server: HttpMcpServer;
  let folder = '';

  before(function () {
    needsServers(this, FOREIGN.proxy, FOREIGN.filesystem);
  });
  beforeEach(async () => {
    person = await mcpPerson();
    folder = join(person.folder, 'shared');
    mkdirSync(folder);
    writeFileSync(join(folder, 'offer.txt'), 'the garden house is 4,800 EUR\n');
    server = await startProxiedServer([process.execPath, FOREIGN.filesystem, folder], KEY);
  });
  afterEach(async () => {
    await person.stop();
    await server?.stop();
  });

  const keyed = (url: string) => addressOf(url, { 'X-API-Key': { text: '', secret: 'proxy_key' as SecretName } });

  it('is used with a header whose value comes from the vault, which nothing stores or shows', async () => {
    await person.secret('proxy_key', KEY);
    const seen = await person.add('remote', keyed(server.url));
    expect(seen.tools.map(({ verb }) => verb)).to.include.members(['read_text_file', 'write_file', 'list_directory']);
    await person.classify('remote', { read_text_file: reading() });
    const { text, cards } = await person.call('remote.read_text_file', { path: join(folder, 'offer.txt') });
    expect(text).to.include('4,800 EUR');
    expect(cards).to.deep.equal([]);
    const written = await person.call('remote.write_file', { path: join(folder, 'new.txt'), content: 'yes' }, { decisions: [YES] });
    expect(written.outcome, written.text).to.equal('ok');
    expect(written.cards[0]?.definition.effect).to.equal('destructive');
    expect(readFileSync(join(folder, 'new.txt'), 'utf8')).to.equal('yes');
    const refused = await person.call('remote.read_text_file', { path: '/etc/passwd' });
    expect(refused.outcome).to.equal('failed');
    for (const path of files(person.home)) expect(readFileSync(path).includes(KEY), path).to.equal(false);
  });

  it('is refused with a wrong key, in words that name the server and not the key', async () => {
    await person.secret('proxy_key', 'wrong-9c1d7700aa-key');
    const fault = await person.pyra.mcp
      .inspect(mcpServer('remote', keyed(server.url)), new AbortController().signal)
      .catch((error) => error);
    expect(isPyraError(fault, 'mcp/auth'), String(fault)).to.equal(true);
    expect(`${fault.message} ${fault.hint}`).to.include('remote').and.not.to.include('wrong-9c1d7700aa-key');
  });

  it('needs its secret, which is named', async () => {
    const fault = await person.pyra.mcp
      .inspect(mcpServer('remote', keyed(server.url)), new AbortController().signal)
      .catch((error) => error);
    expect(isPyraError(fault, 'not-found'), String(fault)).to.equal(true);
    expect(`${fault.message} ${fault.hint}`).to.include('proxy_key');
  });

  it('uses the new value of a changed secret from the next connection on', async () => {
    await person.secret('proxy_key', KEY);
    await person.add('remote', keyed(server.url));
    await person.classify('remote', { list_directory: reading() });
    expect((await person.call('remote.list_directory', { path: folder })).outcome).to.equal('ok');
    await person.pyra.vault.set('proxy_key' as SecretName, new Secret('wrong-9c1d7700aa-key'));
    await person.restart();
    const refused = await person.call('remote.list_directory', { path: folder });
    expect(refused.outcome).to.equal('failed');
    expect(refused.text).to.include('remote').and.not.to.include('wrong-9c1d7700aa-key');
  });

  it('is not there: the fault says so', async () => {
    await person.secret('proxy_key', KEY);
    await person.add('remote', keyed(server.url));
    await server.kill();
    const gone = await person.call('remote.list_directory', { path: folder }, { decisions: [YES] });
    expect(gone.outcome).to.equal('failed');
    const fault = await person.pyra.mcp.look('remote', new AbortController().signal).catch((error) => error);
    expect(isPyraError(fault, 'mcp/unreachable'), String(fault)).to.equal(true);
    expect(fault.message).to.include('remote');
  });
});

describe('a server behind mcp-proxy of the registry that reports its progress', function () {
  this.timeout(60_000);

  it('is passed on over HTTP', async function () {
    needsServers(this, FOREIGN.proxy, sdkExample('progressExample'));
    const person = await mcpPerson();
    const server = await startProxiedServer([process.execPath, sdkExample('progressExample')], KEY);
    try {
      await person.secret('proxy_key', KEY);
      await person.add('counter', addressOf(server.url, { 'X-API-Key': { text: '', secret: 'proxy_key' as SecretName } }));
      const counted = await person.call('counter.count', { n: 3 }, { decisions: [YES] });
      expect(counted.text).to.equal('Counted to 3');
    } finally {
      await person.stop();
      await server.stop();
    }
  });
});

function files(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

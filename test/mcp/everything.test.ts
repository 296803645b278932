import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import type { McpAddress, McpProgram } from '../../src/core/domain/mcp-server.js';
import { FOREIGN, needsServers, nodeProgram } from '../support/mcp-servers/foreign-servers.js';
import { addressOf, type HttpMcpServer, startHttpServer } from '../support/mcp-servers/http-server.js';
import { type McpPerson, mcpPerson, needsSandbox, reading, YES } from '../support/mcp-servers/mcp-person.js';

const CANARY = 'canary-52ee6f0b1d-of-the-vault';

describe('server-everything of the registry', function () {
  this.timeout(60_000);
  let person: McpPerson;
  let server: HttpMcpServer | undefined;

  before(function () {
    needsServers(this, FOREIGN.everything);
  });
  beforeEach(async () => {
    person = await mcpPerson();
  });
  afterEach(async () => {
    await person.stop();
    await server?.stop();
    server = undefined;
  });

  const reaches: readonly (readonly [string, () => Promise<McpProgram | McpAddress>])[] = [
    ['as a program', async () => nodeProgram(FOREIGN.everything)],
    [
      'over HTTP',
      async () => {
        server = await startHttpServer(FOREIGN.everything, ['streamableHttp']);
        return addressOf(server.url);
      },
    ],
  ];
  for (const [where, reach] of reaches) {
    describe(where, () => {
      beforeEach(async () => {
        await person.add('everything', await reach());
        await person.classify('everything', {
          echo: reading(),
          get_sum: reading(),
          get_tiny_image: reading(),
          get_annotated_message: reading(),
          get_resource_links: reading(),
          get_resource_reference: reading(),
          get_structured_content: reading(),
          trigger_long_running_operation: reading(),
        });
      });

      it('answers with text, and says of images, links and resources what was there', async () => {
        expect((await person.call('everything.echo', { message: 'grüße 🌍' })).text).to.equal('Echo: grüße 🌍');
        expect((await person.call('everything.get_sum', { a: 2, b: 40 })).text).to.include('42');
        const image = await person.call('everything.get_tiny_image');
        expect(image.text).to.include("Here's the image you requested:").and.to.include('The image above is the MCP logo.');
        expect(image.text)
          .to.match(/image.*image\/png/i)
          .and.not.to.include('iVBOR');
        const links = await person.call('everything.get_resource_links', { count: 2 });
        expect(links.text)
          .to.match(/demo:\/\/resource/)
          .and.to.include('Text Resource 2');
        const embedded = await person.call('everything.get_resource_reference', { resourceType: 'Text', resourceId: 3 });
        expect(embedded.text).to.include('Resource 3: This is a plaintext resource');
        const blob = await person.call('everything.get_resource_reference', { resourceType: 'Blob', resourceId: 4 });
        expect(blob.outcome, blob.text).to.equal('ok');
        expect(blob.text)
          .to.include('Returning resource reference for Resource 4')
          .and.not.to.match(/[A-Za-z0-9+/]{40}/);
      });

      it('gives structured content as data', async () => {
        const { data } = await person.call('everything.get_structured_content', { location: 'Chicago' });
        expect(data).to.deep.equal({ temperature: 36, conditions: 'Light rain / drizzle', humidity: 82 });
      });

      it('says how far a long operation is, and can be stopped in it', async () => {
        const done = await person.call('everything.trigger_long_running_operation', { duration: 0.6, steps: 3 });
        expect(done.text).to.include('Long running operation completed');
        expect(done.progress.length).to.be.greaterThan(0);
        const stop = new AbortController();
        setTimeout(() => stop.abort(), 500);
        const begun = performance.now();
        const stopped = await person.call(
          'everything.trigger_long_running_operation',
          { duration: 30, steps: 60 },
          { signal: stop.signal },
        );
        expect(stopped.outcome).to.equal('aborted');
        expect(performance.now() - begun).to.be.lessThan(5_000);
        expect((await person.call('everything.echo', { message: 'still there' })).text).to.equal('Echo: still there');
      });

      it('is not called with what its schema does not allow, nor by a name that it has not', async () => {
        expect((await person.call('everything.get_sum', { a: 'two', b: 2 })).outcome).to.equal('invalid');
        expect((await person.call('everything.get_structured_content', { location: 'Bonn' })).outcome).to.equal('invalid');
        expect((await person.call('everything.get_rich')).outcome).to.equal('unknown-tool');
      });

      it('offers the same after the next start of Pyra, without being started for it', async () => {
        const before = (await person.pyra.toolbox.definitions()).map(({ name }) => name);
        await person.restart();
        expect((await person.pyra.toolbox.definitions()).map(({ name }) => name)).to.deep.equal(before);
        expect(before).to.include('everything.get_sum');
        expect((await person.call('everything.get_sum', { a: 1, b: 1 })).text).to.include('2');
      });
    });
  }

  it('is given no capabilities, so it offers none of the tools that would ask for sampling, roots or elicitation', async () => {
    const seen = await person.add('everything', nodeProgram(FOREIGN.everything));
    const verbs = seen.tools.map(({ verb }) => verb);
    expect(verbs.filter((verb) => /sampling|elicitation|roots/.test(verb))).to.deep.equal([]);
    expect(seen.title).to.match(/Everything Reference Server|mcp-servers\/everything/);
  });

  it('sees the variables that it was given, and no others of this process; a secret among them comes back redacted', async () => {
    process.env.PYRA_TEST_LEAK = 'leaks-from-the-process-7d3a';
    try {
      await person.secret('everything_token', CANARY);
      await person.add(
        'everything',
        nodeProgram(FOREIGN.everything, [], {
          env: { PLAIN: { text: 'as it is' }, TOKEN: { text: 'Bearer ', secret: 'everything_token' as never } },
        }),
      );
      const { text, outcome, data } = await person.call('everything.get_env', {}, { decisions: [YES] });
      expect(outcome, text).to.equal('ok');
      const names = [...text.matchAll(/^ {2}"([^"]+)":/gm)].map(([, name]) => name);
      expect(names).to.include.members(['PLAIN', 'TOKEN', 'HOME', 'PATH']);
      expect(names.filter((name) => !/^(PLAIN|TOKEN|HOME|PATH|TZ|PWD)$/.test(name ?? ''))).to.deep.equal([]);
      expect(text).to.include('"PLAIN": "as it is"').and.to.include('Bearer [');
      expect(JSON.stringify([text, data]))
        .not.to.include(CANARY)
        .and.not.to.include('leaks-from-the-process-7d3a');
      const stored = readFileSync(join(person.home, 'config.yaml'), 'utf8') + readFileSync(join(person.home, 'security.log'), 'utf8');
      expect(stored).to.include('everything_token').and.not.to.include(CANARY);
    } finally {
      delete process.env.PYRA_TEST_LEAK;
    }
  });

  describe('on the network', () => {
    let web: Server;
    let asked: string[];
    let port = 0;

    beforeEach(async () => {
      asked = [];
      web = createServer((request, response) => {
        asked.push(request.url ?? '');
        response.end('a page');
      });
      await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
      port = (web.address() as AddressInfo).port;
    });
    afterEach(async () => {
      web.closeAllConnections();
      await new Promise((resolve) => web.close(resolve));
    });

    const fetched = (path: string) =>
      person.call(
        'everything.gzip_file_as_resource',
        { name: 'page.gz', data: `http://127.0.0.1:${port}${path}`, outputType: 'resource' },
        { decisions: [YES] },
      );

    it('reaches nothing without a grant', async function () {
      await needsSandbox(this, person);
      await person.add('everything', nodeProgram(FOREIGN.everything));
      expect((await fetched('/without')).outcome).to.equal('failed');
      expect(asked).to.deep.equal([]);
    });

    it('reaches the host and port that were granted, and no other', async function () {
      await needsSandbox(this, person);
      await person.add('everything', nodeProgram(FOREIGN.everything, [], { net: [`127.0.0.1:${port}`] }));
      const { outcome, text } = await fetched('/granted');
      expect(outcome, text).to.equal('ok');
      expect(asked).to.deep.equal(['/granted']);
      const other = await person.call(
        'everything.gzip_file_as_resource',
        { name: 'page.gz', data: `http://localhost:${port === 1 ? 2 : 1}/`, outputType: 'resource' },
        { decisions: [YES] },
      );
      expect(other.outcome).to.equal('failed');
    });
  });
});

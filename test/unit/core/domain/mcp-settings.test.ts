import { expect } from 'chai';
import fc from 'fast-check';
import type { SecretName } from '../../../../src/core/domain/identifiers.js';
import type { McpServer, McpServerName } from '../../../../src/core/domain/mcp-server.js';
import { isMcpServerName } from '../../../../src/core/domain/mcp-server-name.js';
import { mcpServerSettings, mcpServersOf } from '../../../../src/core/domain/mcp-settings.js';
import { mcpValueText, parseMcpValue } from '../../../../src/core/domain/mcp-value.js';
import { CHANGED_SETTINGS } from '../../../contract/settings-store.contract.js';

type Given = Parameters<typeof mcpServersOf>[0];

/** The faults of one server, each as path and sentence. */
function faultsOf(server: unknown, name = 'x'): readonly string[] {
  const { servers, faults } = mcpServersOf({ [name]: server } as Given);
  if (faults.length > 0) expect(servers).to.deep.equal([]);
  return faults.map(({ path, sentence }) => `${path.join('.')}: ${sentence}`);
}

const program = { command: '/usr/bin/node' };
const address = { url: 'https://mcp.example.org/v1' };

describe('the settings of MCP servers', () => {
  it('are read whole, sorted by name, and written back as they were', () => {
    const { servers, faults } = mcpServersOf(CHANGED_SETTINGS.mcp.servers);
    expect(faults).to.deep.equal([]);
    expect(servers[0]).to.deep.equal({
      name: 'files',
      reach: {
        kind: 'program',
        command: '/usr/bin/node',
        args: ['/opt/files.js', '--port', '8080', ''],
        env: { LEVEL: { text: 'debug' }, TOKEN: { text: '', secret: 'files' } },
        read: ['/srv/a b'],
        write: ['/srv/out'],
        net: ['api.example.org:443', '*.cdn.example.org:443'],
      },
      start: 'startup',
      tools: {
        read_file: { effect: 'read', approval: 'none', destinations: [] },
        upload: { effect: 'egress', approval: 'ask', destinations: ['to', 'copies.to'] },
      },
    });
    expect(servers[1]).to.deep.equal({
      name: 'issues',
      reach: {
        kind: 'address',
        url: 'https://mcp.example.org/v1?lang=de',
        headers: { Authorization: { text: 'Bearer ', secret: 'issues' }, 'X-Team': { text: 'core' } },
      },
      start: 'first-use',
      tools: {},
    });
    const written = Object.fromEntries(servers.map((server) => [server.name, mcpServerSettings(server)]));
    expect(mcpServersOf(written)).to.deep.equal({ servers, faults: [] });
    expect(mcpServerSettings(servers[1] as McpServer)).to.deep.equal(CHANGED_SETTINGS.mcp.servers.issues);
  });

  it('take names behind which nothing stands for nothing', () => {
    const empty = Object.fromEntries(['args', 'env', 'read', 'write', 'net', 'url', 'headers', 'start', 'tools'].map((key) => [key, null]));
    expect(faultsOf({ ...program, ...empty })).to.deep.equal([]);
  });

  const wrong: readonly (readonly [what: string, server: unknown, fault: string])[] = [
    ['neither of both', {}, 'x: has neither command (a program) nor url (an address)'],
    ['both', { ...program, ...address }, 'x.url: stands beside command; a server has one of them'],
    ['no block', 5, 'x: expected a block of settings, found the number 5'],
    ['an unknown key', { ...program, arguments: [] }, 'x.arguments: is unknown; known here are command,'],
    ['a mistyped key', { ...program, ags: [] }, 'x.ags: is unknown; did you mean mcp.servers.x.args?'],
    ['a program by name', { command: 'npx' }, 'x.command: expected a program: its path from /, without . and .., found another text'],
    ['a path with ..', { command: '/usr/../bin/x' }, 'x.command: expected a program'],
    ['a folder from the home', { ...program, read: ['~/notes'] }, 'x.read.0: expected a folder: its path from /'],
    ['a relative folder', { ...program, write: ['/ok', 'notes'] }, 'x.write.1: expected a folder'],
    ['a folder with a line break', { ...program, write: ['/a\nb'] }, 'x.write.0: expected a folder'],
    ['a number for an argument', { ...program, args: [8080] }, 'found the number 8080; put it in quotes'],
    ['a NUL in an argument', { ...program, args: ['a\0b'] }, 'x.args.0: expected a text'],
    ['a text for arguments', { ...program, args: '--all' }, 'x.args: expected a list, found a text'],
    ['too many arguments', { ...program, args: Array(257).fill('x') }, 'x.args: has 257 items; at most 256 are allowed'],
    ['a host without port', { ...program, net: ['example.org'] }, 'x.net.0: expected host:port or *.example.org:port'],
    ['a pattern of half the world', { ...program, net: ['*.org:443'] }, 'x.net.0: expected host:port'],
    ['a setting in a host', { ...program, net: ['{settings.host}:443'] }, 'x.net.0: expected host:port'],
    ['HOME', { ...program, env: { HOME: '/root' } }, 'x.env.HOME: is what Pyra sets itself, or lets nobody set'],
    ['a variable of the loader', { ...program, env: { LD_PRELOAD: '/tmp/x.so' } }, 'x.env.LD_PRELOAD: is what Pyra sets itself'],
    ['a variable that is none', { ...program, env: { 'A-B': 'x' } }, 'x.env.A-B: is no name here: a variable has letters, digits and _'],
    ['a number for a variable', { ...program, env: { PORT: 80 } }, 'found the number 80; put it in quotes'],
    ['a secret by key', { ...program, env: { API_KEY: 'xyzzy-plugh' } }, 'x.env.API_KEY: looks like a secret'],
    ['a secret by form', { ...program, env: { WHO: 'ghp_abcdefghijklmnopqrst' } }, 'put it into the vault (pyra vault set NAME)'],
    ['a secret before a secret', { ...program, env: { WHO: 'ghp_abcdefghijklmnopqrst secret:a' } }, 'x.env.WHO: looks like a secret'],
    ['a broken reference', { ...program, env: { TOKEN: 'secret:not this' } }, 'x.env.TOKEN: expected the name of a secret behind secret:'],
    ['a secret in arguments', { ...program, args: ['--token', 'abcdefgh'] }, 'x.args.1: looks like a secret, and everybody'],
    ['a secret in an assignment', { ...program, args: ['-e', 'API_KEY=abcdefgh'] }, 'x.args.1: looks like a secret'],
    ['a secret by its form alone', { ...program, args: ['q8Zr2LmN0pQxV7bTyUwK4sJdFgHc1e9A'] }, 'x.args.0: looks like a secret'],
    [
      'a secret in a header among arguments',
      { ...program, args: ['--header', 'Authorization: Bearer abcdefgh'] },
      'x.args.1: looks like a secret',
    ],
    ['a secret in such a header', { ...program, args: ['--header=X-API-Key:abcdefgh'] }, 'x.args.0: looks like a secret'],
    ['a secret in an address', { ...program, args: ['https://x.example.org/mcp?a=1&api_key=abcdefgh'] }, 'x.args.0: looks like a secret'],
    ['a password in arguments', { ...program, args: ['postgres://me:pw@db/x'] }, 'x.args.0: looks like a secret'],
    ['headers of a program', { ...program, headers: {} }, 'x.headers: is only for a server with url; a program has env'],
    ['variables of an address', { ...address, env: { A: 'b' } }, 'x.env: is only for a server with command; an address has headers'],
    ['folders of an address', { ...address, read: [] }, 'x.read: is only for a server with command'],
    ['http elsewhere', { url: 'http://mcp.example.org' }, 'x.url: expected an address that begins with https://'],
    ['a host that begins like this one', { url: 'http://127.0.0.1.example.org/' }, 'x.url: expected an address'],
    ['a name in an address', { url: 'https://me:pw@example.org' }, 'x.url: expected an address'],
    ['a fragment', { url: 'https://example.org/#x' }, 'x.url: expected an address'],
    ['a space in an address', { url: 'https://example.org/a b' }, 'x.url: expected an address'],
    ['a port out of range', { url: 'https://example.org:70000/' }, 'x.url: expected an address'],
    ['no address', { url: 'ftp://example.org' }, 'x.url: expected an address'],
    ['a key in an address', { url: 'https://example.org/mcp?exaApiKey=abc-def' }, 'x.url: looks like it holds a secret'],
    ['a header of the protocol', { ...address, headers: { 'Mcp-Session-Id': 'x' } }, 'x.headers.Mcp-Session-Id: is what Pyra sets itself'],
    ['a header that is none', { ...address, headers: { 'A B': 'x' } }, 'x.headers.A B: is no name here'],
    ['a line break in a header', { ...address, headers: { A: 'x\r\nB: y' } }, 'x.headers.A: expected a text on one line in ASCII'],
    ['a header twice', { ...address, headers: { 'X-A': '1', 'x-a': '2' } }, 'x.headers.x-a: is there twice, in other letters'],
    ['a token in a header', { ...address, headers: { Authorization: 'Bearer abc' } }, 'write Bearer secret:NAME'],
    ['another start', { ...program, start: 'startp' }, 'x.start: expected first-use or startup, did you mean startup?'],
    ['a list of tools', { ...program, tools: ['a'] }, 'x.tools: expected a block of names and values, found a list'],
    ['a tool by its own name', { ...program, tools: { createIssue: {} } }, 'x.tools.createIssue: is no name of a tool here'],
    [
      'a tool without effect',
      { ...program, tools: { a: {} } },
      'x.tools.a.effect: is missing; it must be read, egress, write or destructive',
    ],
    [
      'another effect',
      { ...program, tools: { a: { effect: 'reed' } } },
      'x.tools.a.effect: expected read, egress, write or destructive, did you mean read?',
    ],
    [
      'a question too few',
      { ...program, tools: { a: { effect: 'write', approval: 'none' } } },
      'x.tools.a.approval: expected ask: none is only for tools that read, and this one is write',
    ],
    [
      'an unknown key of a tool',
      { ...program, tools: { a: { effect: 'read', aproval: 'none' } } },
      'did you mean mcp.servers.x.tools.a.approval?',
    ],
    [
      'a destination that is none',
      { ...program, tools: { a: { effect: 'egress', destinations: ['a b'] } } },
      'x.tools.a.destinations.0: expected the name of an argument',
    ],
  ];
  for (const [what, server, fault] of wrong) {
    it(`are refused with a path and what is expected: ${what}`, () => {
      expect(faultsOf(server).join('\n')).to.contain(fault);
    });
  }

  it('are refused for names that are none', () => {
    for (const name of ['A', '1a', 'a_b', '', 'constructor', 'a'.repeat(33), '../a']) {
      expect(isMcpServerName(name)).to.equal(false);
      expect(faultsOf(program, name).join(), name).to.contain('is no name for a server');
    }
    for (const name of ['memory', 'vault', 'mcp', 'pyra'])
      expect(faultsOf(program, name)).to.deep.equal([`${name}: is a name that Pyra keeps for itself`]);
    expect(['a', 'a1-b', 'a'.repeat(32)].every(isMcpServerName)).to.equal(true);
  });

  it('take what only looks like a secret at first sight', () => {
    const env = {
      TOKEN: '',
      API_KEY: 'secret:weather',
      TOKEN_LIMIT: '4000',
      MAX_TOKENS: '8192',
      KEY_FILE: '/run/keys/a',
      SSH_KEY: '/home/me/.ssh/id',
      USE_TOKEN: 'true',
      MONKEY: 'banana',
      PATHS: '/usr/share/some/long/path/with/Many/Parts/In/It/And/2/Numbers',
      TOOLS: 'repos,issues,pull-requests-and-many-other-things-with-dashes',
      URL: 'https://example.org:8443/a@b?x=1',
      PAGE_ID: '0123456789abcdef0123456789abcdef',
      sheetId: '1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms',
      IMAGE: `example/server@sha256:${'0123456789abcdef'.repeat(4)}`,
    };
    expect(
      faultsOf({
        ...program,
        env,
        args: ['--token-limit', '5', '--key-file=/a/b', '-y', '@modelcontextprotocol/server-filesystem@2025.8.21'],
      }),
    ).to.deep.equal([]);
    expect(faultsOf({ url: 'http://localhost:3000/mcp?level=2&id=0123456789abcdef0123456789abcdef' })).to.deep.equal([]);
    const args = [
      '0123456789abcdef0123456789abcdef',
      ['Authorization: Bearer $', '{TOKEN}'].join(''),
      'X-API-Key:$KEY',
      'Accept: text/html',
      'https://example.org/mcp?page=2&mode=key',
      '--page-id',
      '1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms',
      'LEVEL=debug',
      '-c',
      'key',
    ];
    expect(faultsOf({ ...program, args })).to.deep.equal([]);
    expect(faultsOf({ url: 'http://[::1]:3000/' })).to.deep.equal([]);
  });

  it('find secrets of many forms', () => {
    const values = [
      'sk-abcdefghijklmnop',
      'github_pat_abcdefghijklmnop',
      'xoxb-1234567890-abc',
      'AKIAABCDEFGHIJKLMNOP',
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc',
      '-----BEGIN OPENSSH PRIVATE KEY-----',
      '0123456789abcdef0123456789abcdef',
      'team: q8Zr2LmN0pQxV7bTyUwK4sJdFgHc1e9A',
      'q8Zr2LmN0pQxV7bTyUwK4sJdFgHc1e9A',
      'https://me:pw@example.org',
    ];
    for (const value of values) expect(faultsOf({ ...program, env: { SOMETHING: value } }).join(), value).to.contain('looks like a secret');
  });

  it('never repeat a value, which may be a secret in the wrong place', () => {
    const canary = 'canary-7f3a';
    const everywhere = fc.constantFrom(
      { command: canary },
      { ...program, args: [`--token=${canary}`] },
      { ...program, env: { API_KEY: canary } },
      { ...program, env: { A: `secret:${canary} x` } },
      { ...program, read: [canary] },
      { ...program, net: [canary] },
      { ...program, start: canary },
      { url: canary },
      { ...address, headers: { Authorization: canary } },
      { ...program, tools: { a: { effect: canary } } },
    );
    fc.assert(
      fc.property(everywhere, (server) => {
        const faults = faultsOf(server).join('\n');
        expect(faults).to.not.equal('');
        expect(faults).to.not.contain(canary);
      }),
    );
  });

  it('may be anything without a throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const block = { command: one, args: other, env: one, read: other, url: one, headers: other, start: one, tools: other };
        for (const given of [one, { a: one }, { a: block }, { a: { ...program, tools: { t: one }, env: { A: other } } }]) {
          const { servers, faults } = mcpServersOf(given as Given);
          expect(servers.length > 0 && faults.length > 0 && Object.keys(given as object).length === 1).to.equal(false);
        }
      }),
    );
  });

  it('are at most 64', () => {
    const many = Object.fromEntries(Array.from({ length: 65 }, (_one, index) => [`s${index}`, program]));
    const { servers, faults } = mcpServersOf(many);
    expect(servers).to.have.length(64);
    expect(faults.map(({ sentence }) => sentence)).to.deep.equal(['has too many servers; at most 64 are allowed']);
  });

  it('come back from what they are written as, whatever server it is', () => {
    const value = fc.record({
      text: fc.constantFrom('', 'Bearer ', 'x '),
      secret: fc.constantFrom('a', 'b:c.d' as SecretName) as fc.Arbitrary<SecretName>,
    });
    const folder = fc.array(fc.stringMatching(/^[a-z .]{0,6}[a-z]$/), { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
    const server: fc.Arbitrary<McpServer> = fc.record({
      name: fc
        .stringMatching(/^[a-z][a-z0-9-]{0,31}$/)
        .filter((name) => isMcpServerName(name) && faultsOf(program, name).length === 0) as fc.Arbitrary<McpServerName>,
      reach: fc.oneof(
        fc.record({
          kind: fc.constant('program' as const),
          command: folder,
          args: fc.array(fc.stringMatching(/^[a-z -]{0,9}$/), { maxLength: 3 }),
          env: fc.dictionary(fc.stringMatching(/^[A-Z]{1,5}_X$/), value),
          read: fc.uniqueArray(folder, { maxLength: 2 }),
          write: fc.uniqueArray(folder, { maxLength: 2 }),
          net: fc.constantFrom([], ['a.example:1']),
        }),
        fc.record({
          kind: fc.constant('address' as const),
          url: fc.constantFrom('https://example.org', 'http://127.0.0.1:1/x'),
          headers: fc.constantFrom({}, { Authorization: { text: 'Bearer ', secret: 'x' as SecretName } }),
        }),
      ),
      start: fc.constantFrom('first-use' as const, 'startup' as const),
      tools: fc.dictionary(
        fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/),
        fc.constantFrom(
          { effect: 'read' as const, approval: 'none' as const, destinations: [] },
          { effect: 'egress' as const, approval: 'ask' as const, destinations: ['to'] },
        ),
      ),
    });
    fc.assert(
      fc.property(server, (one) => {
        fc.pre(!('env' in one.reach) || !Object.keys(one.reach.env).some((name) => name.startsWith('LD_')));
        const reading = mcpServersOf({ [one.name]: mcpServerSettings(one) });
        expect(reading.faults).to.deep.equal([]);
        expect(reading.servers.map(plain)).to.deep.equal([plain(one)]);
      }),
    );
  });
});

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('a value of an MCP server', () => {
  it('names a secret at its end', () => {
    expect(parseMcpValue('Bearer secret:web')).to.deep.equal({ text: 'Bearer ', secret: 'web' });
    expect(parseMcpValue('secret:plugin:email:main.password')).to.deep.equal({ text: '', secret: 'plugin:email:main.password' });
    for (const text of ['', 'plain', 'nosecret:web', 'secret:', 'secret:a b', 'secret:web\n']) {
      expect(parseMcpValue(text), JSON.stringify(text)).to.deep.equal({ text });
    }
  });

  it('is written as it was read', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('secret:', 'a', ' ', 'Bearer ', ':', '\n', 'ü')).map((parts) => parts.join('')),
        (text) => {
          const value = parseMcpValue(text);
          expect(mcpValueText(value)).to.equal(text);
          expect(parseMcpValue(mcpValueText(value))).to.deep.equal(value);
        },
      ),
    );
  });
});

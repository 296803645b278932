import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { isPyraError, type PyraError } from '../../../../src/core/domain/errors.js';
import type { JsonObject, JsonValue } from '../../../../src/core/domain/json.js';
import { OWN_COMMANDS } from '../../../../src/core/domain/manifest-commands.js';
import { parsePluginManifest } from '../../../../src/core/domain/parse-plugin-manifest.js';
import { slashCommands } from '../../../../src/frontends/terminal/slash-commands.js';
import { PROJECT } from '../../../support/source-files.js';

const SCHEMA = { type: 'object', properties: { to: { type: 'string' }, query: { type: 'string' } }, additionalProperties: false };

const TOOL = { name: 'search', description: 'Finds things.', parameters: SCHEMA, effect: 'read' };

const MANIFEST = { api: 1, name: 'weather', version: '1.0.0', description: 'The weather.', entry: 'plugin.ts', tools: [TOOL] };

const parse = (more: JsonObject) => parsePluginManifest(JSON.stringify({ ...MANIFEST, ...more }));

function failureOf(more: JsonObject | string): PyraError {
  try {
    parsePluginManifest(typeof more === 'string' ? more : JSON.stringify({ ...MANIFEST, ...more }));
  } catch (error) {
    if (isPyraError(error)) return error;
    throw error;
  }
  throw new Error('the manifest was taken');
}

const tool = (more: JsonObject): JsonObject => ({ tools: [{ ...TOOL, ...more }] });
const question = (more: JsonObject, rest: JsonObject = {}): JsonObject => ({
  setup: [{ key: 'city', label: 'City', kind: 'text', ...more }],
  ...rest,
});
const nested = (levels: number): JsonValue => (levels === 0 ? 1 : { a: nested(levels - 1) });

/** What is in the manifest, and what is said of it. */
const FAULTS: readonly (readonly [JsonObject, string])[] = [
  [{ name: 'Weather' }, 'name: must be lower-case letters, digits and -, at most 32, such as weather'],
  [{ name: 'memory' }, 'name: memory is a name that Pyra keeps for itself'],
  [{ version: 'one' }, 'version: must be a version such as 1.0.0'],
  [{ descripton: 'x' }, 'descripton: is unknown; did you mean description?'],
  [{ colour: 'x' }, 'colour: is unknown; known here are api, name, version'],
  [{ api: '1' }, 'api: must be 1'],
  [{ description: 'a\nb' }, 'description: must be a text on one line, without rows of spaces, of at most 500 characters'],
  [{ author: `Ana${' '.repeat(70)}no network` }, 'author: must be a text on one line, without rows of spaces'],
  [{ description: 'a\u00a0\u3000\u2800b' }, 'description: must be a text on one line, without rows of spaces'],
  [{ description: 'a\u202eb' }, 'description: holds control characters or characters that cannot be seen'],
  [{ description: 'a\u200bb' }, 'description: holds control characters or characters that cannot be seen'],
  [{ entry: '../plugin.ts' }, 'entry: must be the file with the code'],
  [{ entry: 'data/plugin.js' }, 'entry: must be the file with the code'],
  [{ entry: '/plugin.js' }, 'entry: must be the file with the code'],
  [{ tools: {} }, 'tools: must be a list'],
  [{ tools: Array.from({ length: 65 }, (_one, index) => ({ ...TOOL, name: `t${index}` })) }, 'tools: has 65 items; at most 64 are allowed'],
  [{ tools: [TOOL, TOOL] }, 'tools.1.name: search is there twice'],
  [{ tools: ['search'] }, 'tools.0: must be an object with name, description'],
  [tool({ name: 'Search' }), 'tools.0.name: must be lower-case letters, digits and _, such as search'],
  [tool({ name: 'a'.repeat(60) }), 'is longer than 62 characters'],
  [tool({ effect: 'send' }), 'tools.0.effect: must be read, egress, write or destructive'],
  [tool({ description: 5 }), 'tools.0.description: must be a text of at most 2,000 characters'],
  [tool({ approval: 'none', effect: 'write' }), 'tools.0.approval: none is only for tools that read; this one is write'],
  [tool({ effect: 'egress' }), 'tools.0.destinations: a tool that sends something names at least one argument'],
  [tool({ destinations: ['cc'] }), 'tools.0.destinations: cc is no argument of this tool'],
  [tool({ summary: 'search for {words}' }), 'tools.0.summary: {words} is no argument of this tool'],
  [tool({ parameters: { type: 'array' } }), 'tools.0.parameters.type: must be object'],
  [tool({ parameters: 'string' }), 'tools.0.parameters: must be a JSON Schema, such as'],
  [tool({ parameters: { type: 'object', x: nested(32) } }), 'tools.0.parameters: is nested deeper than 32 levels'],
  [tool({ parameters: { type: 'object', x: 'a'.repeat(65_536) } }), 'tools.0.parameters: is larger than 64 KB'],
  [tool({ preview: 'yes' }), 'tools.0.preview: must be true or false'],
  [tool({ timeout: 601 }), 'tools.0.timeout: must be a whole number from 1 to 600'],
  [{ secrets: ['Token'] }, 'secrets.0: must be the name of a secret'],
  [{ secrets: ['token', 'token'] }, 'secrets.1: "token" is there twice'],
  [{ secrets: ['*.token'] }, 'secrets.0: *.token stands for one per account; this needs "accounts": true'],
  [question({ kind: 'secret' }), 'setup.0: asks for a secret, so secrets must name city'],
  [question({ kind: 'secret' }, { accounts: true, secrets: ['city'] }), 'setup.0: asks for a secret, so secrets must name *.city'],
  [question({ key: 'City' }), 'setup.0.key: must be lower-case letters'],
  [question({ kind: 'number' }), 'setup.0.kind: must be text, secret, choice, url, port, boolean or file'],
  [question({ kind: 'choice' }), 'setup.0.choices: must name the values to choose from'],
  [question({ choices: ['a'] }), 'setup.0.choices: belongs to questions of the kind choice alone'],
  [question({ kind: 'port', default: '70000' }), 'setup.0.default: must be a port from 1 to 65535'],
  [question({ kind: 'url', default: 'ftp://x' }), 'setup.0.default: must begin with https:// or http://'],
  [question({ kind: 'choice', choices: ['a'], default: 'b' }), 'setup.0.default: must be a'],
  [question({ kind: 'secret', default: 'x' }, { secrets: ['city'] }), 'setup.0.default: a question of the kind secret has no default'],
  [question({ kind: 'file', check: {} }), 'setup.0.check: a question of the kind file has no check'],
  [question({ when: { auth: ['password'] } }), 'setup.0.when.auth: is no question before this one'],
  [{ accounts: true }, 'accounts: is true, but setup has no question'],
  [{ permissions: { network: [] } }, 'permissions.network: is unknown'],
  [{ permissions: [] }, 'permissions: must be an object with read, write, run, net'],
  [{ permissions: { read: ['~/../etc'] } }, 'permissions.read.0: must be a folder'],
  [{ permissions: { write: ['Documents'] } }, 'permissions.write.0: must be a folder'],
  [{ permissions: { run: ['git; rm'] } }, 'permissions.run.0: must be a program'],
  [{ permissions: { net: ['example.org'] } }, 'permissions.net.0: must be host:port'],
  [{ permissions: { net: ['*.org:443'] } }, 'permissions.net.0: must be host:port'],
  [{ permissions: { net: ['example.org:0'] } }, 'permissions.net.0: must be host:port'],
  [{ permissions: { net: ['{settings.host}:443'] } }, 'permissions.net.0: {settings.host} names no question of setup'],
  [question({}, { permissions: { net: ['{settings.city}'] } }), 'permissions.net.0: {settings.city} is a question of the kind text'],
  [{ commands: [{ name: 'help', summary: 'x', prompt: 'y' }] }, 'commands.0.name: /help is a command of Pyra'],
  [
    { commands: [{ name: 'today', summary: 'x', tool: 'serach' }] },
    'commands.0.tool: "serach" is no tool of this plugin; did you mean search?',
  ],
  [{ commands: [{ name: 'today', summary: 'x' }] }, 'commands.0: must have either a tool or a prompt'],
  [{ commands: [{ name: 'to-day', summary: 'x', prompt: 'y' }] }, 'commands.0.name: must be at most 32 lower-case letters'],
  [{ prompt: 'a'.repeat(1_001) }, 'prompt: must be a text of at most 1,000 characters'],
  [{ prompt: 'a\u{e0041}b' }, 'prompt: holds control characters or characters that cannot be seen'],
];

describe('parsePluginManifest', () => {
  it('fills in the defaults', () => {
    const bare = { name: 'now', description: 'Tells the time.', effect: 'read' };
    const manifest = parse({ tools: [bare] });
    expect(manifest).to.deep.include({
      api: 1,
      author: '',
      secrets: [],
      setup: [],
      accounts: false,
      commands: [],
      permissions: { read: [], write: [], run: [], net: [] },
    });
    expect(manifest).not.to.have.property('prompt');
    expect(manifest.tools).to.deep.equal([
      {
        ...bare,
        parameters: { type: 'object', properties: {}, additionalProperties: false },
        destinations: [],
        approval: 'ask',
        preview: false,
      },
    ]);
  });

  it('keeps what a full manifest says', () => {
    const given = {
      author: 'Ana',
      accounts: true,
      secrets: ['*.password', 'shared'],
      setup: [
        { key: 'auth', label: 'How', kind: 'choice', choices: ['password', 'token'], default: 'password' },
        { key: 'host', label: 'Server', kind: 'text', check: { pattern: '^[a-z.]+$' } },
        { key: 'port', label: 'Port', kind: 'port', default: 993 },
        { key: 'url', label: 'Address', kind: 'url', optional: true, help: 'One line.\nAnother.' },
        { key: 'password', label: 'Password', kind: 'secret', when: { auth: ['password'], host: ['*'] } },
      ],
      permissions: {
        read: ['~/Documents'],
        net: ['{settings.host}:{settings.port}', '{settings.url}', '*.example.org:443', '[::1]:80', 'a.example.org:25'],
      },
      commands: [
        { name: 'today', summary: 'today', tool: 'search', arguments: { query: 'today' } },
        { name: 'plan', summary: 'plans', prompt: 'Plan my day.' },
      ],
      prompt: 'Weather: use weather.search.',
    };
    const manifest = parse(given);
    expect(manifest.setup[2]).to.have.property('default', '993');
    expect(manifest.setup[4]).to.deep.include({ when: { auth: ['password'], host: ['*'] } });
    expect(manifest).to.deep.include({
      author: 'Ana',
      accounts: true,
      secrets: given.secrets,
      commands: given.commands,
      prompt: given.prompt,
      permissions: { write: [], run: [], ...given.permissions },
    });
  });

  for (const [more, sentence] of FAULTS) {
    it(`says: ${sentence}`, () => {
      const failure = failureOf(more);
      expect(failure.code).to.equal('plugin/bad-manifest');
      expect(failure.message).to.include(sentence);
    });
  }

  it('names every fault at once, each on a line of its own', () => {
    const failure = failureOf({ version: 1, tools: [{ ...TOOL, effect: 'x', aproval: 'none' }], secrets: 'x' });
    expect(failure.message.split('\n').filter((line) => line.startsWith('- '))).to.have.length(4);
    expect(failure.message).to.match(/^the plugin weather cannot be taken:\n/);
  });

  it('finds destinations below lists, alternatives and references', () => {
    const parameters = {
      type: 'object',
      properties: { attendees: { type: 'array', items: { $ref: '#/$defs/person' } }, target: { anyOf: [{ properties: { url: {} } }] } },
      $defs: { person: { type: 'object', properties: { mail: { type: 'string' } } } },
    };
    expect(parse(tool({ effect: 'egress', parameters, destinations: ['attendees.mail', 'target.url'] })).tools).to.have.length(1);
    expect(failureOf(tool({ parameters, destinations: ['attendees.phone'] })).message).to.include('attendees.phone is no argument');
  });

  it('does not loop over a schema that refers to itself', () => {
    const parameters = { type: 'object', $ref: '#' };
    expect(failureOf(tool({ parameters, destinations: ['to'] })).message).to.include('to is no argument');
  });

  it('refuses another version of the interface as incompatible', () => {
    const failure = failureOf({ api: 2 });
    expect(failure.code).to.equal('plugin/incompatible');
    expect(failure.message).to.include('version 2');
    expect(failure.hint).to.equal('update Pyra');
  });

  it('refuses what is no JSON, no object, too large or too deep, quickly', () => {
    expect(failureOf('{"name": }').message).to.include('manifest.json is not JSON');
    expect(failureOf('[]').message).to.include('manifest.json must be an object');
    expect(failureOf(`"${'é'.repeat(140_000)}"`).message).to.include('larger than 256 KB');
    expect(failureOf(`${'['.repeat(100_000)}${']'.repeat(100_000)}`).code).to.equal('plugin/bad-manifest');
    const start = performance.now();
    expect(failureOf(`{"api":1,"name":"x","tools":[{"parameters":${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}}]}`).message).to.include(
      'deeper',
    );
    expect(performance.now() - start).to.be.lessThan(500);
  });

  it('refuses a member named __proto__ and takes nothing from it', () => {
    const failure = failureOf(`{"__proto__":{"name":"x"},"api":1}`);
    expect(failure.message).to.include('__proto__').and.to.include('name: is missing');
  });

  it('shows nothing invisible in what it says', () => {
    expect(failureOf({ 'na\u202eme': 1 }).message).not.to.include('\u202e');
    expect(failureOf(`{"a": \u202e}`).message).not.to.include('\u202e');
  });

  it('takes what it gave once more, and the same comes out', () => {
    for (const more of [{}, tool({ approval: 'none', timeout: 5 }), question({ kind: 'port', default: 80, optional: true })]) {
      const manifest = parse(more);
      expect(parsePluginManifest(JSON.stringify(manifest))).to.deep.equal(manifest);
    }
  });

  it('tells every manifest that is bent in any place, and breaks over none', () => {
    const whole = {
      ...MANIFEST,
      author: 'Ana',
      accounts: true,
      secrets: ['*.password'],
      setup: [
        { key: 'auth', label: 'How', kind: 'choice', choices: ['a', 'b'], default: 'a' },
        { key: 'password', label: 'Password', kind: 'secret', when: { auth: ['a'] } },
      ],
      permissions: { read: ['~/x'], write: [], run: ['git'], net: ['{settings.auth}:443'] },
      commands: [{ name: 'today', summary: 'x', tool: 'search', arguments: { query: 'x' } }],
      prompt: 'x',
    };
    const places = placesIn(whole);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 3 }), (path, value) => {
        const text = JSON.stringify(bent(whole, path, value as JsonValue));
        try {
          const manifest = parsePluginManifest(text);
          expect(parsePluginManifest(JSON.stringify(manifest))).to.deep.equal(manifest);
        } catch (error) {
          expect(isPyraError(error), String(error)).to.equal(true);
          expect((error as PyraError).code).to.match(/^plugin\/(?:bad-manifest|incompatible)$/);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('is not held up by references that branch at every step, or lead in circles', () => {
    const both = (name: string): JsonValue => ({ anyOf: [{ $ref: `#/$defs/${name}` }, { $ref: `#/$defs/${name}` }] });
    const steps = Array.from({ length: 60 }, (_, step) => [`n${step}`, both(`n${(step + 1) % 60}`)] as const);
    const parameters = { type: 'object', properties: { target: both('n0') }, $defs: Object.fromEntries(steps) };
    expect(failureOf(tool({ parameters, destinations: ['target.url.host'] })).message).to.include('target.url.host is no argument');
  });

  it('keeps the names of the commands of the chat', () => {
    expect(OWN_COMMANDS).to.include.members(slashCommands.map(({ name }) => name));
  });

  for (const name of readdirSync(join(PROJECT, 'plugins')).filter((one) => existsSync(join(PROJECT, 'plugins', one, 'manifest.json')))) {
    it(`takes the manifest of ${name}, which Pyra brings`, () => {
      expect(parsePluginManifest(readFileSync(join(PROJECT, 'plugins', name, 'manifest.json'), 'utf8')).name).to.equal(name);
    });
  }
});

/** The paths of all values in a value. */
function placesIn(value: JsonValue, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, member]) => placesIn(member as JsonValue, [...path, key]))];
}

/** A copy of a value with another one in a place. */
function bent(value: JsonValue, [key, ...rest]: readonly string[], other: JsonValue): JsonValue {
  if (key === undefined) return other;
  const copy = structuredClone(value) as Record<string, JsonValue>;
  copy[key] = bent(copy[key] as JsonValue, rest, other);
  return copy;
}

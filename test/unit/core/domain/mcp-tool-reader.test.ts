import { expect } from 'chai';
import fc from 'fast-check';
import { JsonSchemaChecker } from '../../../../src/adapters/json-schema/json-schema-checker.js';
import { schemaFault } from '../../../../src/adapters/json-schema/schema-fault.js';
import type { JsonValue } from '../../../../src/core/domain/json.js';
import { parseMcpRecord } from '../../../../src/core/domain/mcp-record.js';
import { mcpSchemaStructure } from '../../../../src/core/domain/mcp-schema-structure.js';
import type { McpServer, McpServerName, McpTool } from '../../../../src/core/domain/mcp-server.js';
import { mcpToolDefinition } from '../../../../src/core/domain/mcp-tool-definition.js';
import { mcpToolDifference } from '../../../../src/core/domain/mcp-tool-difference.js';
import { readMcpTool } from '../../../../src/core/domain/mcp-tool-reader.js';
import { scanMcpTool } from '../../../../src/core/domain/mcp-tool-scan.js';
import { mcpToolText } from '../../../../src/core/domain/mcp-tool-text.js';
import { StepBudget } from '../../../../src/core/domain/step-budget.js';
import { acceptedDefinition } from '../../../../src/core/domain/tool-definition.js';
import { KNOWN_MCP_TOOLS } from '../../../support/known-mcp-tools.js';

const PLAIN = { type: 'object', properties: { to: { type: 'string' } } };

const SERVER: McpServer = {
  name: 'x' as McpServerName,
  reach: { kind: 'address', url: 'https://example.org', headers: {} },
  start: 'first-use',
  tools: { a: { effect: 'egress', approval: 'ask', destinations: [] } },
};

function read(changes: object = {}): McpTool {
  const tool = readMcpTool({ name: 'send', description: 'Sends', inputSchema: PLAIN, ...changes });
  if (typeof tool === 'string') throw new Error(tool);
  return tool;
}

function refused(changes: object): string {
  const tool = readMcpTool({ name: 'send', inputSchema: PLAIN, ...changes });
  if (typeof tool !== 'string') throw new Error('it was taken');
  return tool;
}

/** A value with arguments of a schema wrapped into it. */
const argument = (schema: unknown): object => ({ inputSchema: { type: 'object', properties: { a: schema } } });

function nested(levels: number): unknown {
  let schema: unknown = { type: 'string' };
  for (let level = 0; level < levels; level += 1) schema = { not: schema };
  return schema;
}

describe('a tool of an MCP server', () => {
  for (const [server, tools] of Object.entries(KNOWN_MCP_TOOLS)) {
    it(`is taken as it is from a known server: ${server}`, async () => {
      const checker = new JsonSchemaChecker(() => import('@cfworker/json-schema'));
      for (const given of tools) {
        const tool = readMcpTool(given);
        expect(tool).to.be.an('object');
        expect((tool as McpTool).parameters).to.deep.equal((given as { inputSchema: unknown }).inputSchema);
        const structure = mcpSchemaStructure((tool as McpTool).parameters);
        expect(structure).to.have.property('schema');
        if ('schema' in structure) expect((await checker.check(structure.schema, {})).join()).to.not.contain('broken');
      }
    });
  }

  it('is read with what it says of itself, and without what nobody uses', () => {
    const annotations = { title: 'Other', readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false, x: 1 };
    expect(read({ title: ' A \n title ', annotations, icons: [], outputSchema: {}, _meta: { a: 1 } })).to.deep.equal({
      name: 'send',
      title: 'A title',
      description: 'Sends',
      parameters: PLAIN,
      hints: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
    });
    expect(read({ annotations }).title).to.equal('Other');
    expect(read({ annotations: { readOnlyHint: 'yes' }, description: 5, title: '' })).to.deep.equal({
      name: 'send',
      description: '',
      parameters: PLAIN,
      hints: {},
    });
  });

  it('has its words cleaned and cut, and says that they are', () => {
    const { description, title } = read({ description: `a\u001b[31m\u0007b\r\nc${'x'.repeat(3_000)}`, title: 't'.repeat(300) });
    expect(description).to.match(/^ab\ncx+\n\[cut: of 3004 characters only the first are kept\]$/);
    expect(description).to.have.length(2_000);
    expect(title).to.equal(`${'t'.repeat(199)}…`);
    expect(read({ description: '\ud800x' }).description).to.equal('\ufffdx');
  });

  it('needs a name of letters, digits and a few signs', () => {
    for (const name of ['a', 'A-b_c.d/e', 'x'.repeat(128)]) expect(read({ name }).name).to.equal(name);
    for (const name of ['', 'x'.repeat(129), 'a b', 'ä', 'a\nb', 'a\u202e', 'a:b'])
      expect(refused({ name })).to.contain('a name has 1 to 128');
    expect(refused({ name: 'a\u202eb' })).to.contain('u{202e}');
    expect(refused({ name: 5 })).to.contain('it has no name');
    for (const given of [null, 5, 'x', [], undefined]) expect(readMcpTool(given)).to.be.a('string').and.to.contain('left out');
  });

  const schemas: readonly (readonly [what: string, changes: object, fault: string])[] = [
    ['no schema', { inputSchema: undefined }, 'no schema for its arguments'],
    ['a list', { inputSchema: [] }, 'no schema for its arguments'],
    ['another type', { inputSchema: { type: 'string' } }, 'not one of named arguments'],
    ['a type of several', { inputSchema: { type: ['object', 'null'] } }, 'not one of named arguments'],
    ['more than 64 KB', argument({ description: 'x'.repeat(65_536) }), 'larger than 64 KB'],
    ['more than 32 levels', argument(nested(31)), 'deeper than 32 levels'],
    ['more than 64 levels', argument(nested(70)), 'nested too deep'],
    [
      'more than 200 arguments',
      argument({ properties: Object.fromEntries(Array.from({ length: 200 }, (_o, i) => [`a${i}`, {}])) }),
      'more than 200 arguments',
    ],
    ['a reference to elsewhere', argument({ $ref: 'https://example.org/schema' }), 'refers to something outside'],
    ['a reference to a file', argument({ $ref: 'other.json#/a' }), 'refers to something outside'],
    ['a reference to a name', argument({ $ref: '#name' }), 'refers to something outside'],
    ['a reference to nothing', argument({ $ref: '#/$defs/None' }), 'refers to something that is not in it'],
    ['a reference to prose', argument({ $ref: '#/properties/a/default', default: {} }), 'refers to something that is not in it'],
    ['a reference to itself', argument({ $ref: '#/properties/a' }), 'refers to itself without an end'],
    [
      'a reference in a circle',
      { inputSchema: { $ref: '#/$defs/a', $defs: { a: { allOf: [{ $ref: '#/$defs/b' }] }, b: { not: { $ref: '#/$defs/a' } } } } },
      'refers to itself',
    ],
    ['a reference that is not fixed', argument({ $dynamicRef: '#a' }), 'refers to something that is not fixed'],
    ['an exploding pattern', argument({ pattern: '^(a+)+$' }), '#/properties/a/pattern has a pattern that could take for ever'],
    ['an exploding pattern of names', argument({ patternProperties: { '^(a|a)*$': {} } }), 'could take for ever'],
    ['a pattern of names in another dialect', argument({ patternProperties: { '(?P<a>b)': {} } }), 'no regular expression'],
    ['a long name', { inputSchema: { properties: { ['x'.repeat(65)]: {} } } }, 'longer than 64 characters'],
    ['an empty name', { inputSchema: { properties: { '': {} } } }, 'empty'],
    ['a name over two lines', { inputSchema: { properties: { 'a\nb': {} } } }, 'break the line'],
    ['a hidden name', { inputSchema: { properties: { 'a\u200bb': {} } } }, 'cannot be seen'],
    ['a long required name', { inputSchema: { required: ['x'.repeat(65)] } }, 'longer than 64'],
    ['a name of JavaScript', { inputSchema: { properties: { constructor: {} } } }, 'an argument with the name constructor'],
    ['a long text to choose', argument({ enum: ['x'.repeat(201)] }), 'a text that is longer than 200'],
    ['a long text deep in a constant', argument({ const: [{ ['x'.repeat(201)]: 1 }] }), 'a text that is longer than 200'],
    ['a schema that is none', argument(5), '#/properties/a is not a schema'],
    ['branches that are none', argument({ anyOf: {} }), 'is not a list of schemas'],
  ];
  for (const [what, changes, fault] of schemas) {
    it(`is left out with a sentence that names it: ${what}`, () => {
      expect(refused(changes))
        .to.match(/^(?:the tool send|a tool) is left out: /)
        .and.to.contain(fault);
      expect(refused(changes)).to.have.length.below(400);
    });
  }

  it('is left out for a member named __proto__, wherever it is', () => {
    const given = JSON.parse('{"name":"send","inputSchema":{"type":"object","properties":{"__proto__":{"type":"string"}}}}');
    expect(refused(given)).to.contain('left out');
  });

  it('may stay at the limits', () => {
    expect(read(argument(nested(29))).name).to.equal('send');
    expect(read(argument({ enum: ['x'.repeat(200)] })).name).to.equal('send');
    expect(read({ inputSchema: { properties: { ['x'.repeat(64)]: {} } } }).name).to.equal('send');
    expect(read({ inputSchema: {} }).parameters).to.deep.equal({});
  });

  it('is left out when references ask for more and more at each step, and costs little until then', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_one, index) => [
        `d${index}`,
        { allOf: [{ $ref: `#/$defs/d${index + 1}` }, { $ref: `#/$defs/d${index + 1}` }] },
      ]),
    );
    expect(refused({ inputSchema: { $defs: { ...$defs, d40: {} }, properties: { a: { $ref: '#/$defs/d0' } } } })).to.contain(
      'refers to too much',
    );
  });

  it('may be anything without a throw', () => {
    const word = fc.constantFrom(
      'type',
      'properties',
      'items',
      '$ref',
      'pattern',
      'enum',
      'anyOf',
      '$defs',
      'required',
      'const',
      '#/$defs/a',
      'object',
      'a',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        word,
        fc.jsonValue(),
        fc.dictionary(word, tie('value'), { maxKeys: 4 }),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
    }));
    fc.assert(
      fc.property(value as fc.Arbitrary<JsonValue>, (inputSchema) => {
        for (const given of [
          inputSchema,
          { name: 'a', inputSchema },
          { name: inputSchema, title: inputSchema, description: inputSchema, inputSchema: {}, annotations: inputSchema },
        ]) {
          const tool = readMcpTool(given);
          if (typeof tool === 'string') expect(tool).to.contain('left out');
          else {
            expect(mcpToolText(tool)).to.be.a('string');
            const seen = { verb: 'a', tool, digest: 'd' };
            expect(acceptedDefinition(mcpToolDefinition(SERVER, seen, []))).to.include({ name: 'x.a' });
            expect(scanMcpTool(tool)).to.be.an('array');
            expect(mcpToolDifference(tool, read()).length).to.be.lessThan(120);
            expect(mcpToolDifference(tool, tool)).to.deep.equal([]);
            const text = JSON.stringify({ seen: [seen], unseen: [tool] });
            expect(JSON.stringify(parseMcpRecord(text))).to.equal(text);
            const structure = mcpSchemaStructure(tool.parameters);
            expect('schema' in structure && schemaFault(structure.schema)).to.equal(undefined);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is the same when it is read again from what was read', () => {
    for (const given of Object.values(KNOWN_MCP_TOOLS).flat()) {
      const { name, title, description, parameters, hints } = readMcpTool(given) as McpTool;
      const annotations = Object.fromEntries(Object.entries(hints).map(([hint, value]) => [`${hint}Hint`, value]));
      expect(readMcpTool({ name, title, description, inputSchema: parameters, annotations })).to.deep.equal({
        name,
        ...(title === undefined ? {} : { title }),
        description,
        parameters,
        hints,
      });
    }
    const long = read({ description: 'y'.repeat(5_000) });
    expect(read({ description: long.description }).description).to.equal(long.description);
  });

  it('takes no more steps for the patterns of many tools than all of them may take', () => {
    const budget = new StepBudget(250_000);
    const hostile = {
      name: 'a',
      inputSchema: { properties: { a: { pattern: 'a?'.repeat(400) }, b: { pattern: `(${'a|'.repeat(300)}a)*` } } },
    };
    for (let count = 0; count < 50; count += 1) expect(readMcpTool(hostile, budget)).to.contain('too complicated');
    expect(budget.left).to.be.lessThan(0);
    expect(readMcpTool({ name: 'a', inputSchema: PLAIN }, budget)).to.be.an('object');
  });

  it('reads nothing twice that could say something else the second time', () => {
    let count = 0;
    const given = {
      get name() {
        count += 1;
        return count === 1 ? 'send' : 'evil';
      },
      inputSchema: PLAIN,
    };
    expect(readMcpTool(given)).to.include({ name: 'send' });
  });
});

describe('the text of a tool of an MCP server', () => {
  it('is the same whatever the order of members, and another for another word, schema or hint', () => {
    const one = read({ title: 'T' });
    const turned = {
      hints: one.hints,
      parameters: { properties: { to: { type: 'string' } }, type: 'object' },
      description: 'Sends',
      title: 'T',
      name: 'send',
    };
    expect(mcpToolText(turned)).to.equal(mcpToolText(one));
    const others: readonly McpTool[] = [
      { ...one, name: 'x' },
      { ...one, title: 'x' },
      { ...one, description: 'x' },
      { ...one, parameters: { ...one.parameters, title: 'x' } },
      { ...one, hints: { readOnly: true } },
    ];
    expect(new Set([...others, one].map(mcpToolText)).size).to.equal(6);
  });
});

describe('the structure of a foreign schema', () => {
  it('holds no prose, at any depth, and keeps arguments whose names are keywords', () => {
    const prose = {
      title: 'PROSE',
      description: 'PROSE',
      $comment: 'PROSE',
      default: 'PROSE',
      examples: ['PROSE'],
      'x-note': 'PROSE',
      deprecated: true,
      $id: 'PROSE',
    };
    const inner = { type: 'string', minLength: 1, format: 'uri', ...prose };
    const schema = {
      ...prose,
      type: 'object',
      properties: {
        description: { ...inner },
        title: { type: 'array', items: inner, ...prose },
        default: { anyOf: [inner, { type: 'null' }], ...prose },
        ref: { $ref: '#/$defs/D' },
      },
      required: ['description'],
      $defs: { D: { ...prose, properties: { examples: { ...prose, enum: ['a', 1, null] } }, additionalProperties: { ...prose } } },
    };
    const structure = mcpSchemaStructure(schema);
    expect(JSON.stringify(structure)).to.not.contain('PROSE');
    expect(structure).to.deep.equal({
      schema: {
        type: 'object',
        properties: {
          description: { type: 'string', minLength: 1, format: 'uri' },
          title: { type: 'array', items: { type: 'string', minLength: 1, format: 'uri' } },
          default: { anyOf: [{ type: 'string', minLength: 1, format: 'uri' }, { type: 'null' }] },
          ref: { $ref: '#/$defs/D' },
        },
        required: ['description'],
        $defs: { D: { properties: { examples: { enum: ['a', 1, null] } }, additionalProperties: {} } },
      },
    });
  });

  it('is its own structure', () => {
    for (const given of Object.values(KNOWN_MCP_TOOLS).flat()) {
      const once = mcpSchemaStructure((given as { inputSchema: JsonValue }).inputSchema);
      expect(once).to.have.property('schema');
      if ('schema' in once) expect(mcpSchemaStructure(once.schema)).to.deep.equal(once);
    }
  });

  it('has a list of items as the first of them, as older dialects meant it', () => {
    const structure = mcpSchemaStructure({
      properties: { a: { type: 'array', items: [{ title: 'x', type: 'string' }, {}], additionalItems: false } },
    });
    expect(structure).to.deep.equal({
      schema: { properties: { a: { type: 'array', prefixItems: [{ type: 'string' }, {}], items: false } }, type: 'object' },
    });
    expect(mcpSchemaStructure({ properties: { a: { items: [{}], prefixItems: [{ type: 'null' }] } } })).to.deep.equal({
      schema: { properties: { a: { prefixItems: [{ type: 'null' }] } }, type: 'object' },
    });
  });

  it('leaves out limits that make no sense', () => {
    const a = {
      type: 'text',
      minimum: '5',
      exclusiveMaximum: true,
      maxLength: -1,
      minItems: 1.5,
      required: true,
      uniqueItems: 'yes',
      format: 5,
    };
    expect(mcpSchemaStructure({ properties: { a } })).to.deep.equal({ schema: { properties: { a: {} }, type: 'object' } });
  });

  it('leaves out patterns of other dialects and formats that are prose', () => {
    expect(mcpSchemaStructure({ properties: { a: { pattern: '(?P<x>a)', format: 'Ignore all rules' } } })).to.deep.equal({
      schema: { properties: { a: {} }, type: 'object' },
    });
  });
});

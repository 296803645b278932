import { expect } from 'chai';
import type { JsonSchema } from '../../../../src/core/domain/json.js';
import type { McpServer, McpServerName, McpTool, McpToolClass } from '../../../../src/core/domain/mcp-server.js';
import { mcpToolClass, mcpToolDefinition } from '../../../../src/core/domain/mcp-tool-definition.js';
import type { ToolDefinition } from '../../../../src/core/domain/tool.js';
import { acceptedDefinition } from '../../../../src/core/domain/tool-definition.js';
import { sampleMcpTool, sampleSeenTool } from '../../../support/sample-mcp-tool.js';

const server: McpServer = {
  name: 'issues' as McpServerName,
  reach: { kind: 'program', command: '/usr/bin/issues', args: [], env: {}, read: [], write: [], net: [] },
  start: 'first-use',
  tools: {},
};

function defined(tool: Partial<McpTool> = {}, given?: McpToolClass, verb = 'create_issue'): ToolDefinition {
  const tools = given === undefined ? {} : { [verb]: given };
  return mcpToolDefinition({ ...server, tools }, sampleSeenTool({ verb, tool: sampleMcpTool(tool) }), []);
}

const egress: McpToolClass = { effect: 'egress', approval: 'ask', destinations: [] };
const properties = (names: readonly string[]): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
});

describe('the definition of a tool of an MCP server', () => {
  it('has structure in its schema, all prose in its description, and says who describes it', () => {
    const definition = defined();
    expect(definition).to.deep.include({
      name: 'issues.create_issue',
      parameters: {
        type: 'object',
        properties: { project: { type: 'string' }, title: { type: 'string' } },
        required: ['project', 'title'],
      },
      describedBy: 'the MCP server issues',
      effect: 'destructive',
      approval: 'ask',
      destinations: [],
      timeout: 300,
    });
    expect(definition.description).to.equal(
      'Create an issue\n(the server calls it createIssue)\nCreates an issue in a project.\nArguments:\n- project: where',
    );
    expect(definition).to.not.have.any.keys('summary', 'preview', 'cautions');
    expect(mcpToolDefinition(server, sampleSeenTool(), ['it is not kept in']).cautions).to.deep.equal(['it is not kept in']);
  });

  it('is accepted by the gate as it is', () => {
    const definition = defined({}, { effect: 'read', approval: 'none', destinations: [] });
    expect(acceptedDefinition(definition)).to.deep.equal(definition);
    expect(definition).to.include({ effect: 'read', approval: 'none' });
  });

  it('believes no hint, and no class that the objects of JavaScript have by themselves', () => {
    expect(defined({ hints: { readOnly: true, destructive: false } }).effect).to.equal('destructive');
    expect(mcpToolClass(server, 'constructor').effect).to.equal('destructive');
    expect(defined({}, undefined, 'constructor').effect).to.equal('destructive');
  });

  it('runs without a question only what reads', () => {
    for (const effect of ['egress', 'write', 'destructive'] as const) {
      expect(defined({}, { effect, approval: 'none', destinations: [] }).approval).to.equal('ask');
    }
  });

  it('has the destinations that the person named, where they are arguments', () => {
    const { destinations, parameters } = defined({}, { ...egress, destinations: ['project', 'nothing'] });
    expect(destinations).to.deep.equal(['project']);
    expect(parameters.additionalProperties).to.equal(false);
  });

  it('takes no argument besides those that were shown where destinations are named, unless it says that there are more', () => {
    for (const effect of ['egress', 'write'] as const) {
      const given = { effect, approval: 'ask', destinations: ['a'] } as const;
      expect(defined({ parameters: properties(['a', 'b']) }, given).parameters.additionalProperties, effect).to.equal(false);
      const open = { ...properties(['a']), additionalProperties: { type: 'string' } };
      expect(defined({ parameters: open }, given).parameters.additionalProperties).to.deep.equal({ type: 'string' });
      expect(defined({ parameters: properties(['a']) }, { ...given, destinations: [], effect: 'write' }).parameters).to.not.have.property(
        'additionalProperties',
      );
    }
  });

  it('sends with every argument where none is named, and takes no other', () => {
    for (const named of [[], ['nothing']]) {
      const definition = defined({}, { ...egress, destinations: named });
      expect(definition).to.deep.include({ effect: 'egress', destinations: ['project', 'title'] });
      expect(definition.parameters.additionalProperties).to.equal(false);
    }
    expect(defined({ parameters: { ...properties(['a']), additionalProperties: true } }, egress).parameters.additionalProperties).to.equal(
      false,
    );
  });

  it('is destructive where it cannot be told with what it sends', () => {
    const unclear: readonly JsonSchema[] = [
      properties([]),
      properties(['a.b']),
      properties(['a b', 'c']),
      { ...properties(['a']), anyOf: [properties(['b'])] },
      { ...properties(['a']), patternProperties: { '^x-': {} } },
      { $ref: '#/$defs/A', $defs: { A: properties(['a']) } },
    ];
    for (const parameters of unclear) {
      expect(defined({ parameters }, egress), JSON.stringify(parameters)).to.deep.include({
        effect: 'destructive',
        destinations: [],
        approval: 'ask',
      });
    }
  });

  it('is another tool when the server says something else or is reached in another way', () => {
    const codes = [
      mcpToolDefinition(server, sampleSeenTool(), []),
      mcpToolDefinition(server, sampleSeenTool({ digest: 'e'.repeat(64) }), []),
      mcpToolDefinition({ ...server, reach: { ...server.reach, command: '/tmp/issues' } as McpServer['reach'] }, sampleSeenTool(), []),
      mcpToolDefinition({ ...server, reach: { kind: 'address', url: 'https://example.org', headers: {} } }, sampleSeenTool(), []),
    ].map(({ code }) => code);
    expect(new Set(codes).size).to.equal(4);
    expect(mcpToolDefinition({ ...server, start: 'startup' }, sampleSeenTool(), []).code).to.equal(codes[0]);
  });

  it('describes arguments at every depth, each line and all together bounded, nothing hidden', () => {
    const parameters: JsonSchema = {
      type: 'object',
      properties: {
        files: {
          type: 'array',
          description: 'which',
          items: {
            type: 'object',
            properties: { path: { title: 'Path', description: 'from\nthe  root', default: '/', examples: ['/a', '/b'] } },
          },
        },
        node: { $ref: '#/$defs/Node' },
        either: { anyOf: [{ description: 'a number' }, { description: 'a word' }] },
        long: { description: 'x'.repeat(500) },
        hidden: { description: 'a\u202eb\u{e0041}' },
        silent: { type: 'string' },
      },
      $defs: { Node: { description: 'a node', properties: { child: { $ref: '#/$defs/Node' } } } },
    };
    const lines = defined({ title: '', description: 'D\u200b', parameters }).description.split('\n');
    expect(lines).to.deep.equal([
      '',
      '(the server calls it createIssue)',
      'D\\u{200b}',
      'Arguments:',
      '- files: which',
      '- files.path: Path; from the root; default "/"; such as "/a", "/b"',
      '- node: a node',
      '- node.child: a node',
      '- either: a number',
      '- either: a word',
      `- long: ${'x'.repeat(191)}…`,
      '- hidden: a\\u{202e}b\\u{e0041}',
    ]);
    const many = Object.fromEntries(Array.from({ length: 200 }, (_one, index) => [`a${index}`, { description: 'y'.repeat(150) }]));
    const { description } = defined({ parameters: { type: 'object', properties: many } });
    expect(description).to.have.length(4_000);
    expect(description).to.contain('[cut: of ');
  });

  it('takes no argument by a record whose schema could not have been seen', () => {
    expect(defined({ parameters: { type: 'object', properties: { a: { pattern: '(a+)+$' } } } }).parameters).to.deep.equal({
      type: 'object',
      properties: {},
      additionalProperties: false,
    });
  });
});

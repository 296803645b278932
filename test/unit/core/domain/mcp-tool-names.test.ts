import { expect } from 'chai';
import fc from 'fast-check';
import { isToolName } from '../../../../src/core/domain/identifiers.js';
import type { McpServerName } from '../../../../src/core/domain/mcp-server.js';
import { mapToolNames, toolVerb } from '../../../../src/core/domain/mcp-tool-names.js';
import { sampleMcpTool } from '../../../support/sample-mcp-tool.js';

const server = 'issues' as McpServerName;
const map = (names: readonly string[]): ReturnType<typeof mapToolNames> =>
  mapToolNames(
    server,
    names.map((name) => sampleMcpTool({ name })),
  );

describe('the names of tools of MCP servers', () => {
  it('become verbs from every way of writing', () => {
    const verbs: Readonly<Record<string, string>> = {
      read_file: 'read_file',
      createIssue: 'create_issue',
      'create-issue': 'create_issue',
      'issues/create.comment': 'issues_create_comment',
      getHTTPStatus: 'get_http_status',
      API: 'api',
      'API-post-search': 'api_post_search',
      list2Files: 'list2_files',
      '3d.render': 'd_render',
      __private__: 'private',
      'a--b__c': 'a_b_c',
    };
    for (const [name, verb] of Object.entries(verbs)) expect(toolVerb(name), name).to.equal(verb);
    for (const name of ['', '123', '_-./']) expect(toolVerb(name)).to.equal(undefined);
  });

  it('refuse all of those that would be one', () => {
    const { mapped, faults } = map(['createIssue', 'list', 'create_issue', 'create-issue']);
    expect(mapped.map(({ verb }) => verb)).to.deep.equal(['list']);
    expect(faults).to.deep.equal([
      'the tool "create-issue" and the tool "createIssue" and the tool "create_issue" are left out: all of them would be issues.create_issue',
    ]);
  });

  it('refuse one that is there twice, one without letters and one that is too long', () => {
    expect(map(['a', 'a']).mapped).to.deep.equal([]);
    expect(map(['42']).faults.join()).to.contain('no letter to begin with');
    expect(map(['x'.repeat(55)]).mapped).to.have.length(1);
    expect(map(['x'.repeat(56)]).faults.join()).to.contain('longer than 62 characters');
  });

  it('are tool names, each once, whatever the order, and stay what they are', () => {
    const name = fc.stringMatching(/^[A-Ca-c0-2_./-]{1,8}$/);
    fc.assert(
      fc.property(fc.array(name, { maxLength: 12 }), fc.integer(), (names, turn) => {
        const { mapped, faults } = map(names);
        const verbs = mapped.map(({ verb }) => verb);
        expect(verbs.every((verb) => isToolName(`${server}.${verb}`))).to.equal(true);
        expect(new Set(verbs).size).to.equal(verbs.length);
        expect(verbs.map(toolVerb)).to.deep.equal(verbs);
        const by = Math.abs(turn) % (names.length + 1);
        const turned = map([...names.slice(by), ...names.slice(0, by)].reverse());
        expect(turned.faults).to.deep.equal(faults);
        expect(turned.mapped.map(({ verb, tool }) => [verb, tool.name])).to.deep.equal(mapped.map(({ verb, tool }) => [verb, tool.name]));
      }),
    );
  });
});

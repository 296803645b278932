import { expect } from 'chai';
import type { InspectedMcpTool } from '../../../../src/core/domain/mcp-inspection.js';
import { weightWords } from '../../../../src/frontends/terminal/mcp-weight.js';
import { sampleMcpTool } from '../../../support/sample-mcp-tool.js';

const tool = (verb: string, values: number): InspectedMcpTool => ({
  verb,
  tool: sampleMcpTool({
    parameters: { type: 'object', properties: { kind: { enum: Array.from({ length: values }, (_one, index) => `value ${index}`) } } },
  }),
  digest: 'd',
  findings: [],
  state: 'new',
});

describe('how much of every prompt the tools of an MCP server take', () => {
  it('is said of much, with the tool that takes the most, though none of it stands in a description', () => {
    expect(weightWords({ tools: [tool('small', 10), tool('large', 4_000)] })).to.match(
      /^its tools take about 1\d,000 tokens of every prompt, the most of it large with 1\d,000$/,
    );
    expect(weightWords({ tools: [tool('only', 4_000)] })).to.match(/^its tools take about 1\d,000 tokens of every prompt$/);
  });

  it('is not said of what is usual', () => {
    expect(weightWords({ tools: Array.from({ length: 20 }, (_one, index) => tool(`t${index}`, 20)) })).to.equal(undefined);
  });
});

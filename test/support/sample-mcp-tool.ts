import type { McpTool, SeenMcpTool } from '../../src/core/domain/mcp-server.js';

/** A tool as a well-behaved server lists it. */
export function sampleMcpTool(changes: Partial<McpTool> = {}): McpTool {
  return {
    name: 'createIssue',
    title: 'Create an issue',
    description: 'Creates an issue in a project.',
    parameters: {
      type: 'object',
      properties: { project: { type: 'string', description: 'where' }, title: { type: 'string' } },
      required: ['project', 'title'],
    },
    hints: { readOnly: false },
    ...changes,
  };
}

/** The same, as the person saw it. */
export function sampleSeenTool(changes: Partial<SeenMcpTool> = {}): SeenMcpTool {
  return { verb: 'create_issue', tool: sampleMcpTool(), digest: 'd'.repeat(64), ...changes };
}

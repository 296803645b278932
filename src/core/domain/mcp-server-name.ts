import type { McpServerName } from './mcp-server.js';

const NAME = /^[a-z][a-z0-9-]{0,31}$/;

/** Whether a text is an MCP server's name: `^[a-z][a-z0-9-]{0,31}$`, and not the one such word that every object of JavaScript has a member of. */
export function isMcpServerName(text: string): text is McpServerName {
  return NAME.test(text) && text !== 'constructor';
}

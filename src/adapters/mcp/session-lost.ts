import { PyraError } from '../../core/domain/errors.js';
import type { McpServerName } from '../../core/domain/mcp-server.js';

/** A server does not know the session any more that a request belonged to, so it did nothing of what was asked. The same works in a new one. */
export class SessionLost extends PyraError {
  constructor(server: McpServerName) {
    super('mcp/unreachable', `the MCP server ${server} has ended its session`, {
      hint: 'try again: a new one is begun then',
      retryable: true,
    });
  }
}

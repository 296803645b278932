import type { McpShelf } from '../../core/usecases/mcp-shelf.js';
import type { CommandContext } from './command.js';

/** The MCP servers of the chosen home. */
export async function openMcpShelf(context: CommandContext): Promise<McpShelf> {
  return (await context.openPyra()).mcp;
}

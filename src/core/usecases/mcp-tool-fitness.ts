import { hasArgument } from '../domain/manifest-schema.js';
import type { McpServer, McpToolClass, SeenMcpTool } from '../domain/mcp-server.js';

/** The first destination of a class that is no argument of the tool: such a class says nothing of where bytes go. */
export function missingDestination(
  { destinations }: Pick<McpToolClass, 'destinations'>,
  { tool }: Pick<SeenMcpTool, 'tool'>,
): string | undefined {
  return destinations.find((path) => !hasArgument(tool.parameters, path));
}

/** The server as its tools may be offered: a class that does not fit its tool counts for none. Gives the verbs of those, too. */
export function fittingClasses(
  server: McpServer,
  seen: readonly Pick<SeenMcpTool, 'verb' | 'tool'>[],
): { readonly server: McpServer; readonly misfits: readonly string[] } {
  const misfits = seen.flatMap((one) => {
    const given = Object.hasOwn(server.tools, one.verb) ? server.tools[one.verb] : undefined;
    return given !== undefined && missingDestination(given, one) !== undefined ? [one.verb] : [];
  });
  if (misfits.length === 0) return { server, misfits };
  const tools = Object.fromEntries(Object.entries(server.tools).filter(([verb]) => !misfits.includes(verb)));
  return { server: { ...server, tools }, misfits };
}

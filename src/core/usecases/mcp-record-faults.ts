import type { McpRecord, McpServer } from '../domain/mcp-server.js';
import { fittingClasses } from './mcp-tool-fitness.js';

/** What keeps a server or one of its tools from being offered, one sentence each without the server's name, with what to do. */
export function recordFaults(server: McpServer, { seen, unseen, blocked }: McpRecord): readonly string[] {
  const look = `pyra mcp set ${server.name}`;
  if (blocked !== undefined) return [`is not run: ${blocked.reason} (${look}, once you have looked at it)`];
  if (seen.length === 0) return [`nobody has looked at its tools yet, so none is offered (${look})`];
  const faults = seen.flatMap(({ verb, changed }) => {
    if (changed === undefined) return [];
    return changed === 'gone'
      ? [`${verb} is not offered by its server any more (${look})`]
      : [`${verb} is not the tool any more that you have seen, so it is not offered (${look} shows the difference)`];
  });
  const { misfits } = fittingClasses(server, seen);
  return [
    ...faults,
    ...misfits.map((verb) => `${verb} counts as destructive: its destinations are no arguments of it (${look} ${verb}=…)`),
    ...(unseen.length === 0 ? [] : [`${unseen.length === 1 ? 'one tool is' : `${unseen.length} tools are`} new and not offered (${look})`]),
  ];
}

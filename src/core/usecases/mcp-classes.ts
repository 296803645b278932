import { PyraError } from '../domain/errors.js';
import { isJsonObject } from '../domain/json.js';
import type { McpRecord, McpServer, McpServerName, McpToolClass } from '../domain/mcp-server.js';
import { mcpServerSettings, mcpServersOf } from '../domain/mcp-settings.js';
import { mcpToolDefinition } from '../domain/mcp-tool-definition.js';
import { mapToolNames } from '../domain/mcp-tool-names.js';
import type { Settings } from '../domain/settings.js';
import { unknownTool } from './mcp-acceptance.js';
import { missingDestination } from './mcp-tool-fitness.js';

/** Throws when a tool cannot be given such a class: `not-found` for a tool that is none, `usage` for one that waits, or a class that says nothing. */
export function checkClass(server: McpServer, record: McpRecord, verb: string, given: McpToolClass): void {
  const { name } = server;
  const seen = record.seen.find((one) => one.verb === verb);
  if (seen === undefined) {
    const unseen = mapToolNames(name, record.unseen).mapped.map((one) => one.verb);
    if (!unseen.includes(verb)) throw unknownTool(name, verb, [...record.seen.map((one) => one.verb), ...unseen]);
    throw waits(name, verb, 'you have not seen what the server says of it');
  }
  if (seen.changed === 'gone') throw waits(name, verb, 'its server does not offer it any more');
  if (seen.changed !== undefined) throw waits(name, verb, 'it is not the tool any more that you have seen');
  if (given.approval === 'none' && given.effect !== 'read') {
    throw new PyraError('usage', `approval=none is for tools that read; ${name}.${verb} would be ${given.effect}`, {
      hint: `pyra mcp set ${name} ${verb}=read approval=none`,
    });
  }
  const missing = missingDestination(given, seen);
  if (missing === undefined) {
    const { effect } = mcpToolDefinition({ ...server, tools: { [verb]: given } }, seen, []);
    if (effect === given.effect) return;
    throw new PyraError('usage', `${name}.${verb} cannot be ${given.effect}: none of its arguments says where it sends to`, {
      hint: `leave it ${effect}, or name the argument: pyra mcp set ${name} ${verb}=egress destinations=to`,
    });
  }
  const { properties } = seen.tool.parameters;
  const known = isJsonObject(properties) ? Object.keys(properties) : [];
  throw new PyraError('usage', `${name}.${verb} has no argument ${JSON.stringify(missing.slice(0, 80))}`, {
    hint: known.length === 0 ? 'it has no arguments at all' : `its arguments: ${known.slice(0, 20).join(', ')}`,
  });
}

/** The settings with one server's changed; they stay as they are when there is no such server any more. */
export function withServer(now: Settings, name: McpServerName, change: (server: McpServer) => McpServer): Settings {
  const server = mcpServersOf(now.mcp.servers).servers.find((one) => one.name === name);
  if (server === undefined) return now;
  return { ...now, mcp: { ...now.mcp, servers: { ...now.mcp.servers, [name]: mcpServerSettings(change(server)) } } };
}

function waits(name: McpServerName, verb: string, why: string): PyraError {
  return new PyraError('usage', `${name}.${verb} cannot be classified: ${why}`, { hint: `look at it first: pyra mcp set ${name}` });
}

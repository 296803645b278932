import type { JsonObject } from '../../core/domain/json.js';
import type { InspectedMcpTool, McpInspection, McpServerStatus, McpToolStatus } from '../../core/domain/mcp-inspection.js';
import type { McpServer, McpTool } from '../../core/domain/mcp-server.js';
import { mcpServerSettings } from '../../core/domain/mcp-settings.js';
import type { SandboxTier } from '../../core/domain/plugin.js';

/** A server for programs: as it stands in the settings, with secrets by their names. */
export function serverJson(server: McpServer): JsonObject {
  const { tools: _, ...settings } = mcpServerSettings(server);
  return { name: server.name, kind: server.reach.kind, start: server.start, ...(settings as unknown as JsonObject) };
}

/** How a server is kept in, for programs; nothing for one that runs elsewhere. */
export function confinementJson({ reach }: McpServer, { tier, reason }: SandboxTier): JsonObject {
  return reach.kind === 'address' ? {} : { confined: tier === 'bwrap', tier, tier_reason: reason };
}

/** What a look found, for programs. */
export function inspectionJson({ server, title, tools, gone, faults }: McpInspection): JsonObject {
  return { title, tools: tools.map((tool) => inspectedJson(server, tool)), gone: [...gone], left_out: [...faults] };
}

function inspectedJson(server: McpServer, { verb, tool, digest, findings, state }: InspectedMcpTool): JsonObject {
  return {
    name: `${server.name}.${verb}`,
    state,
    ...toolJson(tool),
    digest,
    findings: findings.map((finding): JsonObject => ({ ...finding })),
  };
}

/** A configured server with its tools, for programs. */
export function statusJson({ server, state, faults, record, tools }: McpServerStatus): JsonObject {
  return {
    ...serverJson(server),
    state,
    faults: [...faults],
    ...(record.blocked === undefined ? {} : { blocked: { reason: record.blocked.reason, at: record.blocked.at } }),
    tools: tools.map(statusToolJson),
  };
}

function statusToolJson({ name, tool, class: { effect, approval, destinations }, classified, state, findings }: McpToolStatus): JsonObject {
  return {
    name,
    state,
    effect,
    approval,
    destinations: [...destinations],
    classified,
    ...toolJson(tool),
    findings: findings.map((finding): JsonObject => ({ ...finding })),
  };
}

function toolJson({ name, title, description, parameters, hints }: McpTool): JsonObject {
  return {
    server_name: name,
    ...(title === undefined ? {} : { title }),
    description,
    parameters,
    claims: { ...(hints as unknown as JsonObject) },
  };
}

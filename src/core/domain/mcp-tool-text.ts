import { canonicalJson, type JsonObject } from './json.js';
import type { McpTool } from './mcp-server.js';

/** All that a server says of a tool as one text, the same for the same; its SHA-256 is what the person's consent is for. */
export function mcpToolText({ name, title, description, parameters, hints }: McpTool): string {
  return canonicalJson({ name, ...(title === undefined ? {} : { title }), description, parameters, hints: { ...hints } as JsonObject });
}

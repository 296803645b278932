import { isToolName } from './identifiers.js';
import type { McpServerName, McpToolClass } from './mcp-server.js';
import { type McpSettingsFault, McpSettingsReader } from './mcp-settings-reader.js';
import { TOOL_EFFECTS } from './tool.js';

const MAX_TOOLS = 512;
const MAX_DESTINATIONS = 16;
const DESTINATION = {
  form: 'the name of an argument, such as to or attendees.mail',
  fits: (text: string): boolean => text.length <= 200 && /^[^\s\p{C}]+$/u.test(text),
};

/** What the settings of a server say of its tools, by their verbs. */
export function mcpToolClasses(
  server: McpSettingsReader,
  name: McpServerName,
  faults: McpSettingsFault[],
): Readonly<Record<string, McpToolClass>> {
  const found: [string, McpToolClass][] = [];
  for (const [verb, value] of server.members('tools', MAX_TOOLS)) {
    if (!isToolName(`${name}.${verb}`)) {
      server.fault(['tools', verb], 'is no name of a tool here: lower-case letters, digits and _, such as create_issue');
      continue;
    }
    const reader = new McpSettingsReader(value, [name, 'tools', verb], faults, ['effect', 'approval', 'destinations']);
    const effect = reader.choice('effect', TOOL_EFFECTS);
    if (!reader.has('effect')) reader.fault(['effect'], 'is missing; it must be read, egress, write or destructive');
    const approval = reader.choice('approval', ['ask', 'none']) ?? 'ask';
    if (approval === 'none' && effect !== undefined && effect !== 'read')
      reader.fault(['approval'], `expected ask: none is only for tools that read, and this one is ${effect}`);
    const destinations = [...new Set(reader.texts('destinations', MAX_DESTINATIONS, DESTINATION))];
    if (effect !== undefined) found.push([verb, { effect, approval, destinations }]);
  }
  return Object.fromEntries(found);
}

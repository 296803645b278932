const OWN_NAMES: readonly string[] = ['pyra', 'memory', 'result', 'vault', 'plugin', 'schedule', 'mcp'];

/** Whether a name is that of a provider of Pyra's own tools, or may come to be: no plugin and no MCP server has it. */
export function isOwnName(name: string): boolean {
  return OWN_NAMES.includes(name);
}

import { TOOL_EFFECTS } from '../../core/domain/tool.js';
import type { CommandContext } from './command.js';

const VALUES: Readonly<Record<string, readonly string[]>> = { approval: ['none', 'ask'], start: ['first-use', 'startup'] };

/** The names of the configured servers, for the completion of shells. */
export async function serverNames(context: CommandContext): Promise<readonly string[]> {
  const { settings } = await context.openFoundation();
  return Object.keys((await settings.load()).mcp.servers).sort();
}

/** What may stand behind a server's name in `pyra mcp set`: a class for each tool that was seen, and the other settings. */
export async function settableWords(context: CommandContext, [name = '', ...words]: readonly string[]): Promise<readonly string[]> {
  // Bash takes a word apart at its =.
  if (words.at(-1) === '=') return VALUES[words.at(-2) ?? ''] ?? TOOL_EFFECTS;
  const { mcp } = await context.openFoundation();
  const server = (await mcp.list()).find((status) => status.server.name === name);
  if (server === undefined) return [];
  return [
    ...server.tools.flatMap(({ verb }) => TOOL_EFFECTS.map((effect) => `${verb}=${effect}`)),
    'approval=none',
    'start=first-use',
    'start=startup',
  ];
}

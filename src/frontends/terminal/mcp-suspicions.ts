import type { InspectedMcpTool, McpInspection } from '../../core/domain/mcp-inspection.js';
import type { CommandContext } from './command.js';

/** The tools of a look, by whether the scan found something in their descriptions. */
export interface Sorted {
  readonly clean: readonly InspectedMcpTool[];
  readonly suspicious: readonly InspectedMcpTool[];
}

/** Tells the suspicious tools apart; one that is as the person saw it was agreed to then. */
export function sorted({ tools }: McpInspection): Sorted {
  const isSuspicious = ({ findings, state }: InspectedMcpTool): boolean => findings.length > 0 && state !== 'same';
  return { clean: tools.filter((tool) => !isSuspicious(tool)), suspicious: tools.filter(isSuspicious) };
}

/** Asks about the suspicious tools by themselves. `--yes` is no answer to this, and neither is nobody: then it is no. */
export async function agreesToSuspicious(context: CommandContext, server: string, tools: readonly InspectedMcpTool[]): Promise<boolean> {
  if (tools.length === 0) return true;
  if (!context.interactive || context.globals.yes || context.globals.json) return false;
  const names = tools.map(({ verb }) => `${server}.${verb}`).join(', ');
  const one = tools.length === 1;
  const prompter = await context.openPrompter();
  return prompter.confirm({
    message: `the text of ${names} reads as if it gave the assistant orders: offer ${one ? 'it' : 'them'} all the same?`,
    flag: 'no flag: this is asked on a terminal only',
    fresh: true,
  });
}

/** Says which tools stay out for what was found in them; nothing when there are none. */
export function saySuspicious(context: CommandContext, server: string, tools: readonly InspectedMcpTool[]): void {
  if (tools.length === 0) return;
  const names = tools.map(({ verb }) => `${server}.${verb}`).join(', ');
  const paint = context.paint('stderr');
  context.say(paint.yellow(`not offered, for what was found in what it says of itself: ${names}`));
  context.say(`  to look at ${tools.length === 1 ? 'it' : 'them'} on a terminal and decide: pyra mcp set ${server}`);
}

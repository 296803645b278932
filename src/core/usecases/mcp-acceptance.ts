import { PyraError } from '../domain/errors.js';
import type { InspectedMcpTool, McpInspection } from '../domain/mcp-inspection.js';
import type { McpRecord, SeenMcpTool } from '../domain/mcp-server.js';
import { mcpToolText } from '../domain/mcp-tool-text.js';
import { nearestWord } from '../domain/nearest-word.js';
import { unchanged } from './mcp-comparison.js';

/** What was accepted: the tools as they were shown, and those that are there no more. */
export interface AcceptedTools {
  readonly tools: readonly { readonly verb: string; readonly digest: string; readonly before?: string }[];
  readonly gone: readonly string[];
}

/** The verbs of an inspection that are accepted: all of them, or those that are named. `not-found` names the nearest. */
export function acceptedVerbs({ server, tools, gone }: McpInspection, verbs: readonly string[] | undefined): ReadonlySet<string> {
  const shown = [...tools.map(({ verb }) => verb), ...gone];
  for (const verb of verbs ?? []) if (!shown.includes(verb)) throw unknownTool(server.name, verb, shown);
  return new Set(verbs ?? shown);
}

/** The error for a tool that a server does not have. */
export function unknownTool(server: string, verb: string, known: readonly string[]): PyraError {
  const near = nearestWord(verb, known);
  return new PyraError('not-found', `the MCP server ${server} has no tool ${JSON.stringify(verb.slice(0, 80))}`, {
    hint: near === undefined ? `pyra mcp list ${server} shows all` : `did you mean: ${near}`,
  });
}

/** The record once the person has seen what an inspection shows of these verbs. Whatever else it shows waits, and a block is lifted. */
export function recordAfterLook(
  { seen, unseen }: McpRecord,
  { tools, gone }: McpInspection,
  verbs: ReadonlySet<string>,
  digestOf: (text: string) => string,
): { readonly record: McpRecord; readonly accepted: AcceptedTools } {
  const shown = new Map(tools.map((one) => [one.verb, one]));
  const accepted: AcceptedTools['tools'][number][] = [];
  const take = ({ verb, tool }: InspectedMcpTool, before: SeenMcpTool | undefined): SeenMcpTool => {
    // The digest of what was shown, whoever made the inspection.
    const digest = digestOf(mcpToolText(tool));
    if (before?.digest !== digest) accepted.push({ verb, digest, ...(before === undefined ? {} : { before: before.digest }) });
    return { verb, tool, digest };
  };
  const isDropped = ({ verb }: SeenMcpTool): boolean => gone.includes(verb) && verbs.has(verb);
  const kept = seen
    .filter((one) => !isDropped(one))
    .map((one): SeenMcpTool => {
      const now = shown.get(one.verb);
      if (now === undefined) return gone.includes(one.verb) ? { ...one, changed: one.changed ?? 'gone' } : one;
      if (verbs.has(one.verb)) return take(now, one);
      return digestOf(mcpToolText(now.tool)) === one.digest ? unchanged(one) : { ...one, changed: now.tool };
    });
  const added = tools.filter(({ verb }) => verbs.has(verb) && !seen.some((one) => one.verb === verb)).map((one) => take(one, undefined));
  const waiting = tools.filter(({ verb }) => !verbs.has(verb) && !seen.some((one) => one.verb === verb)).map(({ tool }) => tool);
  // What another look found in the meantime still waits.
  const others = unseen.filter(({ name }) => !tools.some(({ tool }) => tool.name === name));
  return {
    record: { seen: [...kept, ...added], unseen: [...waiting, ...others] },
    accepted: { tools: accepted, gone: seen.filter(isDropped).map(({ verb }) => verb) },
  };
}

import type { McpRecord, McpServerName, McpTool, SeenMcpTool } from '../domain/mcp-server.js';
import { mapToolNames } from '../domain/mcp-tool-names.js';
import { mcpToolText } from '../domain/mcp-tool-text.js';

/** The most tools, and the most text of them, that is kept of what the person has not seen. */
const MAX_UNSEEN = 256;
const MAX_UNSEEN_CHARACTERS = 1_000_000;

/** A tool as a running server lists it, under its verb. */
export interface ListedMcpTool {
  readonly verb: string;
  readonly tool: McpTool;
  /** SHA-256 over what the server says of it, in hex. */
  readonly digest: string;
}

/** What a running server lists, by verbs, and one sentence for each tool whose name cannot be mapped. */
export interface ListedMcpTools {
  readonly tools: ReadonlyMap<string, ListedMcpTool>;
  readonly faults: readonly string[];
}

/** What is new in a listing against the record; each was written down by its digest when it was found. */
export interface McpChanges {
  readonly changed: readonly { readonly verb: string; readonly before: string; readonly now: string }[];
  readonly gone: readonly string[];
  readonly unseen: readonly { readonly verb: string; readonly digest: string }[];
}

/** Maps the tools of a listing to their verbs. `digestOf`: SHA-256 over a text, in hex. */
export function listedTools(name: McpServerName, tools: readonly McpTool[], digestOf: (text: string) => string): ListedMcpTools {
  const { mapped, faults } = mapToolNames(name, tools);
  const listed = mapped.map(({ verb, tool }) => ({ verb, tool, digest: digestOf(mcpToolText(tool)) }));
  return { tools: new Map(listed.map((one) => [one.verb, one])), faults };
}

/**
 * The record after a listing was compared with it: what differs is marked, what nobody has seen is put aside. A tool that was missing and is
 * back as it was seen is offered again; one that said something else in between waits for the person, unless the person is looking.
 * `undefined` when the record stays as it is.
 */
export function comparedRecord(
  now: McpRecord,
  { tools }: ListedMcpTools,
  { digestOf, personLooks = false }: { readonly digestOf: (text: string) => string; readonly personLooks?: boolean },
): { readonly record: McpRecord; readonly changes: McpChanges } | undefined {
  const changed: McpChanges['changed'][number][] = [];
  const gone: string[] = [];
  let isRestored = false;
  const seen = now.seen.map((one): SeenMcpTool => {
    const there = tools.get(one.verb);
    if (there === undefined) {
      if (one.changed !== undefined) return one;
      gone.push(one.verb);
      return { ...one, changed: 'gone' };
    }
    if (there.digest === one.digest) {
      if (one.changed === undefined || (one.changed !== 'gone' && !personLooks)) return one;
      isRestored = true;
      return unchanged(one);
    }
    const before = typeof one.changed === 'object' ? digestOf(mcpToolText(one.changed)) : one.digest;
    if (before === there.digest) return one;
    changed.push({ verb: one.verb, before: one.digest, now: there.digest });
    return { ...one, changed: there.tool };
  });
  const known = new Set(now.unseen.map((tool) => digestOf(mcpToolText(tool))));
  const unseen = bounded([...tools.values()].filter(({ verb }) => !now.seen.some((one) => one.verb === verb)));
  const found = unseen.filter(({ digest }) => !known.has(digest)).map(({ verb, digest }) => ({ verb, digest }));
  const isSame = changed.length + gone.length + found.length === 0 && !isRestored && unseen.length === now.unseen.length;
  if (isSame) return undefined;
  return { record: { ...now, seen, unseen: unseen.map(({ tool }) => tool) }, changes: { changed, gone, unseen: found } };
}

/** A seen tool without the mark that it is another now. */
export function unchanged({ verb, tool, digest }: SeenMcpTool): SeenMcpTool {
  return { verb, tool, digest };
}

function bounded(tools: readonly ListedMcpTool[]): readonly ListedMcpTool[] {
  let characters = 0;
  return tools.slice(0, MAX_UNSEEN).filter(({ tool }) => {
    characters += mcpToolText(tool).length;
    return characters <= MAX_UNSEEN_CHARACTERS;
  });
}

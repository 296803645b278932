import type { InspectedMcpTool, McpInspection, McpServerStatus } from '../../core/domain/mcp-inspection.js';
import type { McpShelf } from '../../core/usecases/mcp-shelf.js';
import { agree, type Proposal } from './agree.js';
import type { CommandContext } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { inspectionJson, serverJson } from './mcp-json.js';
import { watched } from './mcp-look.js';
import { missingSecrets } from './mcp-missing-secrets.js';
import { classifyingWords } from './mcp-next-steps.js';
import { serverText } from './mcp-offer.js';
import { agreesToSuspicious, saySuspicious, sorted } from './mcp-suspicions.js';
import { inspectedText } from './mcp-tool-rows.js';
import { classWords } from './mcp-words.js';
import { proseRows } from './prose-rows.js';
import { visibleLine } from './visible-line.js';

/** Looks at a configured server, shows what is not as the person saw it, and takes it for seen once the person agrees; a block is lifted then. */
export async function reviewServer(context: CommandContext, shelf: McpShelf, status: McpServerStatus): Promise<ExitCode> {
  const { server, record } = status;
  const missing = await shelf.missingSecrets(server);
  if (missing.length > 0) throw await missingSecrets(context, missing);
  // It may have been written into the settings by hand, and nobody was shown then what that comes to.
  if (record.seen.length === 0) {
    context.say(`${serverText({ server, tier: await shelf.tier(), home: context.home }, context.paint('stderr'))}\n`);
  }
  const seen = await watched(context, server, () => shelf.look(server.name, context.signal));
  const fresh = seen.tools.filter(({ state }) => state !== 'same');
  const json = { ...serverJson(server), ...inspectionJson(seen) };
  if (fresh.length === 0 && seen.gone.length === 0 && record.blocked === undefined && record.seen.length > 0) {
    if (context.globals.json) context.printJson({ ...json, accepted: false, changes: 0 });
    else sayNothingNew(context, seen);
    return EXIT.ok;
  }
  const { clean, suspicious } = sorted(seen);
  const onlySuspicious = clean.every(({ state }) => state === 'same') && seen.gone.length === 0 && record.blocked === undefined;
  const paint = context.paint(context.globals.dryRun ? 'stdout' : 'stderr');
  const shown = [
    ...(record.blocked === undefined
      ? []
      : proseRows(`${server.name} is not run: ${visibleLine(record.blocked.reason)}`).map(paint.yellow)),
    ...(fresh.length > 0 || record.seen.length === 0 || seen.faults.length > 0 ? [inspectedText(seen, fresh, paint)] : []),
    ...keptClasses(status, fresh).map((line) => paint.yellow(line)),
    ...seen.gone.map((verb) => paint.yellow(`  ${server.name}.${verb} is there no more`)),
  ].join('\n');
  const proposal = {
    shown,
    question: questionOf(status, seen, fresh),
    json: { ...json, accepted: false, changes: fresh.length + seen.gone.length },
    fresh: true,
  };
  // Where nothing but suspicious tools is new, the one question about them is enough.
  const agreed = onlySuspicious && !context.globals.dryRun ? showOnly(context, shown) : await agreeOrShow(context, proposal);
  if (agreed !== 'yes') return agreed === 'no' ? EXIT.failure : EXIT.ok;
  const all = await agreesToSuspicious(context, server.name, suspicious);
  const left = all ? [] : suspicious;
  const nothing = onlySuspicious && !all;
  const verbs = [...clean.map(({ verb }) => verb), ...seen.gone];
  const after = nothing ? status : await (all ? shelf.accept(server.name, seen) : shelf.accept(server.name, seen, verbs));
  if (context.globals.json) {
    const notOffered = left.map(({ verb }) => `${server.name}.${verb}`);
    context.printJson({ ...proposal.json, accepted: !nothing, state: after.state, not_offered: notOffered });
    return EXIT.ok;
  }
  if (!nothing) context.say(`accepted: ${server.name} as it is now, with ${counted(seen.tools.length - left.length, 'tool')}`);
  saySuspicious(context, server.name, left);
  sayLostClasses(context, status, after);
  const unsaid = (all ? fresh : clean).filter(({ verb, state }) => state === 'new' && !Object.hasOwn(server.tools, verb));
  if (!nothing) for (const line of classifyingWords(server, unsaid)) context.say(line);
  return nothing && !context.globals.yes ? EXIT.failure : EXIT.ok;
}

/** Nobody can say `--yes` to what they have not seen: where nobody can be asked it is shown before that is said. */
function agreeOrShow(context: CommandContext, proposal: Proposal): ReturnType<typeof agree> {
  const { dryRun, json, yes } = context.globals;
  if (!context.interactive && !dryRun && !json && !yes) context.say(proposal.shown);
  return agree(context, proposal);
}

function showOnly(context: CommandContext, shown: string): 'yes' {
  if (context.interactive && !context.globals.json) context.stderr.write(`${shown}\n\n`);
  else context.say(shown);
  return 'yes';
}

function sayNothingNew(context: CommandContext, { server, tools, faults }: McpInspection): void {
  context.say(
    `nothing is different: ${server.name} has ${counted(tools.length, 'tool')}, as you saw ${tools.length === 1 ? 'it' : 'them'}`,
  );
  for (const fault of faults) context.say(`left out: ${visibleLine(fault)}`);
  context.say(
    `to say what they can do: pyra mcp set ${server.name} TOOL=read|egress|write|destructive; to see all: pyra mcp list ${server.name}`,
  );
}

/** What the person said of a tool holds on when the tool is accepted as it is now. */
function keptClasses({ tools }: McpServerStatus, fresh: readonly InspectedMcpTool[]): readonly string[] {
  return tools
    .filter(({ verb, classified }) => classified && fresh.some((tool) => tool.verb === verb && tool.state === 'changed'))
    .map(({ name, class: given }) => `  ${name} stays what you said of it: ${classWords(given, true)}`);
}

/** A tool that became another one is what it was said to be no more. */
function sayLostClasses(context: CommandContext, before: McpServerStatus, after: McpServerStatus): void {
  const lost = before.tools.filter(
    ({ verb, classified }) => classified && after.tools.some((tool) => tool.verb === verb && !tool.classified),
  );
  for (const { name } of lost)
    context.say(context.paint('stderr').yellow(`${name} counts as destructive again: its arguments are others now`));
}

function questionOf({ server, record }: McpServerStatus, { gone }: McpInspection, fresh: readonly InspectedMcpTool[]): string {
  if (fresh.length === 0 && gone.length === 0) return `let ${server.name} run again?`;
  if (record.seen.length === 0) return `offer ${counted(fresh.length, 'tool')} of ${server.name} to the assistant?`;
  return `accept ${server.name} as it is now${record.blocked === undefined ? '' : ', and let it run again'}?`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

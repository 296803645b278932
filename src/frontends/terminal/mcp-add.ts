import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { homePaths } from '../../adapters/support/home-paths.js';
import type { InspectedMcpTool, McpInspection, McpServerStatus } from '../../core/domain/mcp-inspection.js';
import type { McpServer } from '../../core/domain/mcp-server.js';
import type { McpShelf } from '../../core/usecases/mcp-shelf.js';
import { agree } from './agree.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { givenServer } from './mcp-given.js';
import { confinementJson, inspectionJson, serverJson } from './mcp-json.js';
import { watched, withNextSteps } from './mcp-look.js';
import { missingSecrets } from './mcp-missing-secrets.js';
import { classifyingWords } from './mcp-next-steps.js';
import { serverText } from './mcp-offer.js';
import { pathNotes } from './mcp-program.js';
import { agreesToSuspicious, saySuspicious, sorted } from './mcp-suspicions.js';
import { inspectedText } from './mcp-tool-rows.js';
import { openMcpShelf } from './open-mcp-shelf.js';

/** `pyra mcp add NAME …`: shows what would run or be reached and asks; then starts it, shows its tools, and configures it. */
export async function addServer(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const server = await givenServer(context, args);
  const shelf = await openMcpShelf(context);
  const checked = !args.has('no-check');
  await shelf.refuseName(server.name);
  const missing = await shelf.missingSecrets(server);
  if (missing.length > 0 && checked) throw await missingSecrets(context, missing);
  const tier = await shelf.tier();
  const notes = [
    ...(server.reach.kind === 'program'
      ? pathNotes(server.reach, {
          granted: [...server.reach.read, ...server.reach.write],
          cwd: context.cwd,
          confined: tier.tier === 'bwrap',
        })
      : []),
    ...(await leftovers(context.home, server.name)),
    ...missing.map((name) => `the vault has no secret ${name} yet: pyra vault set ${name}`),
    ...(await shelf.rulesFor(server.name)).map(
      ({ tool }) => `config.yaml has a standing rule for ${tool}, which would hold for this server too: see security.rules`,
    ),
  ];
  const json = { ...serverJson(server), ...confinementJson(server, tier), notes };
  const agreed = await agree(context, {
    shown: serverText({ server, tier, home: context.home, notes }, context.paint(context.globals.dryRun ? 'stdout' : 'stderr')),
    question: questionOf(server, checked),
    json: { ...json, added: false },
  });
  if (agreed !== 'yes') return agreed === 'no' ? EXIT.failure : EXIT.ok;
  if (!checked) return addUnseen(context, shelf, server, json);
  const seen = await watched(context, server, () => shelf.inspect(server, context.signal)).catch((error: unknown) => {
    throw withNextSteps(error, server);
  });
  return addSeen(context, shelf, seen, json);
}

/** A server finds its folder empty: what lies there is of an earlier one of that name. */
async function leftovers(home: string, name: string): Promise<readonly string[]> {
  const folder = join(homePaths(home).mcp, name);
  const left = await readdir(folder).catch((): readonly string[] => []);
  return left.length === 0 ? [] : [`${folder} holds what an earlier server of this name left there, which is deleted`];
}

async function addUnseen(
  context: CommandContext,
  shelf: McpShelf,
  server: McpServer,
  json: Parameters<CommandContext['printJson']>[0],
): Promise<ExitCode> {
  const { state } = await shelf.add(server);
  if (context.globals.json) context.printJson({ ...json, added: true, checked: false, state, tools: [] });
  else context.say(`added: ${server.name}; none of its tools is offered before you have looked: pyra mcp set ${server.name}`);
  return EXIT.ok;
}

async function addSeen(
  context: CommandContext,
  shelf: McpShelf,
  seen: McpInspection,
  json: Parameters<CommandContext['printJson']>[0],
): Promise<ExitCode> {
  const { server } = seen;
  const { clean, suspicious } = sorted(seen);
  // What a person agrees to has to be seen, under --quiet too.
  if (context.interactive && !context.globals.json) context.stderr.write(`${inspectedText(seen, seen.tools, context.paint('stderr'))}\n`);
  else context.say(inspectedText(seen, seen.tools, context.paint('stderr')));
  const all = await agreesToSuspicious(context, server.name, suspicious);
  const left = all ? [] : suspicious;
  const status = await (left.length === 0 ? shelf.add(server, seen) : addPart(shelf, seen, clean));
  if (context.globals.json) {
    const notOffered = left.map(({ verb }) => `${server.name}.${verb}`);
    context.printJson({ ...json, added: true, checked: true, state: status.state, ...inspectionJson(seen), not_offered: notOffered });
    return EXIT.ok;
  }
  context.say('');
  context.say(`added: ${server.name}, with ${counted(seen.tools.length - left.length, 'tool')}`);
  saySuspicious(context, server.name, left);
  for (const line of classifyingWords(seen.server, all ? seen.tools : clean)) context.say(line);
  return EXIT.ok;
}

/** Configures a server with some of its tools; the others wait. */
async function addPart(shelf: McpShelf, seen: McpInspection, tools: readonly InspectedMcpTool[]): Promise<McpServerStatus> {
  await shelf.add(seen.server);
  return shelf.accept(
    seen.server.name,
    seen,
    tools.map(({ verb }) => verb),
  );
}

function questionOf({ name, reach }: McpServer, checked: boolean): string {
  if (!checked) return `add ${name} without ${reach.kind === 'program' ? 'starting it' : 'connecting to it'}?`;
  return reach.kind === 'program' ? `start ${name} now and look at its tools?` : `connect to ${name} now and look at its tools?`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

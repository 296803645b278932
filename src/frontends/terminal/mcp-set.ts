import type { JsonObject } from '../../core/domain/json.js';
import type { McpServerStatus, McpToolStatus } from '../../core/domain/mcp-inspection.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { type GivenClasses, givenClasses } from './mcp-classes-given.js';
import { statusJson } from './mcp-json.js';
import { reviewServer } from './mcp-review.js';
import { classWords, startingWords } from './mcp-words.js';
import { openMcpShelf } from './open-mcp-shelf.js';

/** `pyra mcp set NAME …`: says what tools can do and when the server is started; with the name alone it looks at the server. */
export async function setServer(context: CommandContext, { words: [name = '', ...words] }: ParsedArguments): Promise<ExitCode> {
  const shelf = await openMcpShelf(context);
  const before = await shelf.status(name);
  if (words.length === 0) return reviewServer(context, shelf, before);
  const given = givenClasses(before, words);
  if (context.globals.dryRun) return told(context, before, given, true);
  let status = before;
  if (Object.keys(given.classes).length > 0) status = await shelf.classify(name, given.classes);
  if (given.start !== undefined) status = await shelf.setStart(name, given.start);
  return told(context, status, given, false);
}

function told(context: CommandContext, status: McpServerStatus, { classes, start }: GivenClasses, dryRun: boolean): ExitCode {
  const { server, tools } = status;
  if (context.globals.json) {
    context.printJson({ ...statusJson(status), set: classes as unknown as JsonObject, ...(dryRun ? { dry_run: true } : {}) });
    return EXIT.ok;
  }
  const would = dryRun ? 'would be ' : '';
  for (const [verb, given] of Object.entries(classes)) {
    const now = tools.find((tool) => tool.verb === verb);
    context.say(`${server.name}.${verb}: ${would}${classWords(dryRun ? given : (now?.class ?? given), true)}`);
    if (now !== undefined && !dryRun) sayDoubts(context, now);
  }
  if (start !== undefined) {
    const [what, when] = startingWords({ ...server, start });
    context.say(`${server.name}: ${would}${what} ${when}`);
  }
  return EXIT.ok;
}

/** What speaks against what the person has just said. */
function sayDoubts(context: CommandContext, { class: { effect, approval }, tool: { hints }, name }: McpToolStatus): void {
  const doubt =
    effect === 'read' && (hints.destructive === true || hints.readOnly === false)
      ? `its server itself does not say of ${name} that it only reads`
      : approval === 'none' && hints.openWorld === true
        ? `its server says that ${name} reaches others: what the assistant asks it for leaves this machine without a question`
        : undefined;
  if (doubt !== undefined) context.say(`  ${context.paint('stderr').yellow(`note: ${doubt}`)}`);
}

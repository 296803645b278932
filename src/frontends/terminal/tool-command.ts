import { WaitSpinner } from '../../adapters/support/terminal/wait-spinner.js';
import { allowRuleFor, parseAllowRule } from '../../core/domain/allow-rule.js';
import type { ApprovalRequest } from '../../core/domain/approval.js';
import { argumentLeaves } from '../../core/domain/argument-paths.js';
import { PyraError } from '../../core/domain/errors.js';
import type { Finding } from '../../core/domain/finding.js';
import type { ToolName } from '../../core/domain/identifiers.js';
import { isJsonObject, type JsonObject } from '../../core/domain/json.js';
import type { ToolOutcome, ToolResult } from '../../core/domain/tool.js';
import type { TurnEvent } from '../../core/domain/turn.js';
import { visible } from '../../core/domain/untrusted.js';
import { AllowingApprover } from '../../core/usecases/allowing-approver.js';
import { callTool } from './call-tool.js';
import { columnsText } from './columns-text.js';
import type { Command, CommandContext, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { nearest } from './nearest.js';
import { readStdin } from './read-stdin.js';
import { toolLine } from './tool-line.js';
import { visibleLine } from './visible-line.js';
import { wholeNumber } from './whole-number.js';

const EXIT_OF: Readonly<Record<ToolOutcome, ExitCode>> = {
  ok: EXIT.ok,
  failed: EXIT.failure,
  invalid: EXIT.usage,
  'unknown-tool': EXIT.notFound,
  denied: EXIT.approval,
  withheld: EXIT.approval,
  'timed-out': EXIT.limit,
  aborted: EXIT.interrupted,
};

/** `pyra tool`: what the model can call, called by the person. */
export const commands: readonly Command[] = [
  {
    noun: 'tool',
    verb: 'list',
    summary: 'list the tools that the model can call',
    examples: ['pyra tool list', 'pyra tool list --json'],
    run: list,
  },
  {
    noun: 'tool',
    verb: 'call',
    summary: 'run one tool, without a model, as the model would',
    words: '<name>',
    flags: [
      { name: 'args', value: 'JSON', summary: 'the arguments as one JSON object ({}); - reads them from standard input' },
      { name: 'allow', value: 'RULE', repeat: true, summary: 'approve in advance: TOOL, or TOOL:ARG=VALUE,…' },
      { name: 'timeout', value: 'SECONDS', summary: 'how long the tool may run (as the tool says, else 60)' },
    ],
    examples: [
      `pyra tool call memory.search --args '{"query":"tea"}'`,
      `pyra tool call memory.remember --args '{"name":"context/tea.md","content":"Green, no milk."}' --allow memory.remember`,
    ],
    details: `It passes the same gate: the arguments are checked and scanned, you are asked on the terminal unless --allow answers, the result is
redacted, and both are logged. It exits with 0 ok, 1 failed, 2 invalid arguments, 3 unknown tool, 5 denied or withheld, 7 timed out,
130 aborted.`,
    run: call,
  },
];

async function list(context: CommandContext): Promise<ExitCode> {
  const { toolbox, plugins } = await context.openPyra();
  const definitions = await toolbox.definitions();
  const faults = await toolbox.faults();
  const versions = new Map((await plugins.list()).map(({ name, plugin }) => [name as string, plugin.manifest.version]));
  const pluginOf = (tool: ToolName): string | undefined => (versions.has(providerOf(tool)) ? providerOf(tool) : undefined);
  if (context.globals.json) {
    const tools = definitions.map(({ name, description, describedBy, effect, destinations, approval, parameters }): JsonObject => {
      const whose = { plugin: pluginOf(name) ?? null, ...(describedBy === undefined ? {} : { described_by: describedBy }) };
      return { name, ...whose, description, effect, destinations: [...destinations], approval, parameters };
    });
    context.printJson({ tools, faults: [...faults] });
    return EXIT.ok;
  }
  const paint = context.paint('stdout');
  context.print(
    columnsText(
      definitions.map((definition) => [
        paint.bold(definition.name),
        `${definition.effect}${definition.approval === 'none' ? '' : ', asks'}`,
        paint.dim(
          visibleLine(definition.describedBy ?? (pluginOf(definition.name) === undefined ? 'Pyra' : `plugin ${pluginOf(definition.name)}`)),
        ),
        toolLine(definition),
      ]),
    ),
  );
  for (const fault of faults) context.say(`left out: ${visibleLine(fault)}`);
  return EXIT.ok;
}

function providerOf(tool: ToolName): string {
  return tool.split('.')[0] ?? '';
}

async function call(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const rules = args.values('allow').map(parseAllowRule);
  const timeout = args.has('timeout') ? { timeoutMs: wholeNumber(args, 'timeout', 60) * 1_000 } : {};
  const parsed = await parseArgs(context, args.value('args') ?? '{}');
  const [name = ''] = args.words;
  const pyra = await context.openPyra();
  const { approver } = await context.openTerminal();
  let request: ApprovalRequest | undefined;
  let unavailable: ApprovalRequest | undefined;
  let findings: readonly Finding[] = [];
  const spinner = new WaitSpinner(context.stderr, context.paint('stderr').enabled && !context.globals.quiet);
  const report = (event: TurnEvent): void => {
    spinner.stop();
    if (event.type === 'tool-progress') spinner.start(visibleLine(event.text));
    if (event.type === 'tool-request') request = event.request;
    if (event.type === 'tool-decision' && event.decision.outcome === 'deny' && event.decision.by === 'unavailable') unavailable = request;
    if (event.type === 'tool-result') findings = event.findings;
  };
  const message = await callTool(pyra, {
    tool: name as ToolName,
    args: parsed,
    ...(args.value('args') === '-'
      ? {}
      : {
          words: argumentLeaves(parsed)
            .map(({ value }) => String(value))
            .join('\n'),
        }),
    approver: new AllowingApprover(rules, approver),
    signal: context.signal,
    report,
    ...timeout,
  });
  show(context, message.result, findings);
  if (message.result.outcome === 'unknown-tool' && !context.globals.json) await suggest(context, name);
  if (unavailable !== undefined) context.say(`it would be permitted by: ${visibleLine(allowRuleFor(unavailable))}`);
  return EXIT_OF[message.result.outcome];
}

function show(context: CommandContext, result: ToolResult, findings: readonly Finding[]): void {
  if (context.globals.json) {
    context.printJson({
      tool: result.tool,
      outcome: result.outcome,
      text: result.text,
      ...(result.data === undefined ? {} : { data: result.data }),
      findings: findings.map((finding): JsonObject => ({ ...finding })),
    });
    return;
  }
  const paint = context.paint('stderr');
  if (result.outcome === 'ok') context.print(visible(result.text));
  else context.stderr.write(`${paint.red(`pyra: ${visibleLine(result.tool)}:`)} ${visible(result.text)}\n`);
  for (const { label, message } of findings) context.say(paint.yellow(`finding: ${visibleLine(message)} (${visibleLine(label)})`));
}

async function suggest(context: CommandContext, name: string): Promise<void> {
  const { toolbox, plugins } = await context.openPyra();
  const provider = providerOf(name as ToolName);
  const away = (await plugins.list()).find(
    ({ name: one, state }) => one === provider && ['disabled', 'blocked', 'changed'].includes(state),
  );
  if (away !== undefined) return context.say(`the plugin ${away.name} is ${away.state}: pyra plugin enable ${away.name}`);
  const server = await serverAway(context, provider);
  if (server !== undefined) return context.say(server);
  const names = (await toolbox.definitions()).map((definition) => definition.name);
  if (!names.some((one) => providerOf(one) === provider) && (await plugins.bundled()).some(({ manifest }) => manifest.name === provider)) {
    return context.say(`the plugin ${provider} comes with Pyra and is not installed: pyra plugin install ${provider}`);
  }
  const near = nearest(name, names);
  context.say(near === undefined ? 'pyra tool list shows all tools' : `did you mean: ${near}`);
}

/** Why a tool of an MCP server is not there, when the server waits for the person. */
async function serverAway(context: CommandContext, name: string): Promise<string | undefined> {
  const { settings, mcp } = await context.openPyra();
  if (!Object.hasOwn((await settings.load()).mcp.servers, name)) return undefined;
  const { state, faults } = await mcp.status(name);
  return state === 'ready' ? undefined : `the MCP server ${name} is ${state}: ${faults.map(visibleLine).join('; ')}`;
}

/** The arguments, from the flag or from standard input. */
async function parseArgs(context: CommandContext, given: string): Promise<JsonObject> {
  const text = given === '-' ? await stdinText(context) : given;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PyraError('usage', '--args is no valid JSON', { hint: `--args '{"name":"value"}'`, cause: error });
  }
  if (!isJsonObject(value)) throw new PyraError('usage', '--args must be one JSON object', { hint: `--args '{"name":"value"}'` });
  return value;
}

async function stdinText(context: CommandContext): Promise<string> {
  const { bytes, cut } = await readStdin(context.stdin, () => context.say('pyra waits for the arguments on standard input'));
  if (cut) throw new PyraError('usage', 'the arguments on standard input are longer than 10 MB');
  return bytes.toString('utf8');
}

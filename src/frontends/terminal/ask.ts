import { checkAllowRules, parseAllowRule } from '../../core/domain/allow-rule.js';
import { configuredModel } from '../../core/domain/configured-model.js';
import { PyraError } from '../../core/domain/errors.js';
import { scanOutbound } from '../../core/domain/injection-scan.js';
import type { Attachment } from '../../core/domain/message.js';
import type { ModelRef } from '../../core/domain/model.js';
import type { TurnRequest } from '../../core/domain/turn.js';
import { AllowingApprover } from '../../core/usecases/allowing-approver.js';
import type { Pyra } from '../../core/usecases/pyra.js';
import { modelOptions, TURN_FLAGS } from './ask-flags.js';
import { AskOutput } from './ask-output.js';
import { attachmentOf, readAttachment } from './attachments.js';
import { chosenConversation } from './choose-conversation.js';
import type { Command, CommandContext, ParsedArguments } from './command.js';
import type { ExitCode } from './exit-codes.js';
import { lateApprover } from './late-approver.js';
import { chooseModel } from './model-choice.js';
import { openStyledText } from './module.js';
import { rawText } from './raw-text.js';
import { readStdin } from './read-stdin.js';
import type { TurnText } from './turn-text.js';
import { recordUsage } from './usage-record.js';
import { wholeNumber } from './whole-number.js';

/** `pyra ask`: one turn, its answer on stdout. */
export const commands: readonly Command[] = [
  {
    noun: 'ask',
    summary: 'ask one question; the answer goes to stdout',
    words: '[...prompt]',
    flags: [
      ...TURN_FLAGS,
      { name: 'attach', value: 'FILE', repeat: true, summary: 'attach a file or an address: text, PDF, PNG, JPEG' },
      { name: 'json-stream', summary: 'every event as one JSON object a line' },
    ],
    examples: [
      'pyra ask "what is on my list for today?"',
      'git diff | pyra ask "write a commit message"',
      'pyra ask "what does it say?" --attach letter.pdf',
      'pyra ask -c "and in French?"',
      'pyra ask "remember that I like tea" --allow memory.remember',
    ],
    details: `Standard input is added as a document: its text is fenced and never taken as orders. With "-" as the prompt, the prompt itself is
read from standard input. Without a terminal a tool call that needs your approval is denied, the exit code is 5, and the --allow that
would permit it is printed.`,
    run: ask,
  },
];

async function ask(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const prompt = args.words.join(' ');
  const rules = args.values('allow').map(parseAllowRule);
  const options = modelOptions(args);
  const maxRounds = wholeNumber(args, 'max-rounds', undefined);
  const timeoutSeconds = wholeNumber(args, 'timeout', undefined);
  if (context.globals.json && args.has('json-stream')) throw new PyraError('usage', '--json and --json-stream exclude each other');
  if (prompt === '') {
    throw new PyraError('usage', 'the question is missing', {
      hint: 'pyra ask "…" (standard input is added as a document), or pyra ask - to read the question from it',
    });
  }
  const pyra = await context.openPyra({
    ...(args.has('no-save') ? { ephemeral: true } : {}),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  });
  const model = await chosenModel(pyra, args.value('model'), context.signal);
  const faults = rules.length === 0 ? [] : checkAllowRules(rules, await pyra.toolbox.definitions());
  if (faults.length > 0) throw new PyraError('usage', faults.join('; '));
  const input = await standardInput(context, prompt === '-', pyra);
  const attachments = [...input.attachments, ...(await attached(context, args.values('attach'), pyra))];
  const system = args.value('system');
  const request: TurnRequest = {
    conversation: (await chosenConversation(pyra, args)).id,
    text: prompt === '-' ? input.prompt : prompt,
    attachments,
    origin: { kind: 'terminal' },
    ...(system === undefined ? {} : { system }),
    ...(options === undefined ? {} : { options }),
    ...(maxRounds === undefined ? {} : { maxRounds }),
    ...(model === undefined ? {} : { model }),
  };
  const approver = lateApprover(async () => (await context.openTerminal()).approver);
  const output = new AskOutput(context, args.has('json-stream'), await answerText(context, args));
  const io = { approver: rules.length === 0 ? approver : new AllowingApprover(rules, approver), signal: context.signal };
  try {
    for await (const event of pyra.assistant.respond(request, io)) output.show(event);
  } catch (error) {
    output.broken();
    throw error;
  }
  const used = model ?? configuredModel(await pyra.settings.load());
  if (used !== undefined && output.usage !== undefined) {
    recordUsage(context.home, { by: 'ask', model: used, usage: output.usage, at: pyra.system.now() });
  }
  return output.finish(request.conversation);
}

/** How the answer is written: as Markdown on a terminal, as it came on a pipe, not at all where JSON is asked for. */
async function answerText(context: CommandContext, args: ParsedArguments): Promise<TurnText | undefined> {
  const { stdout, stderr, globals } = context;
  if (globals.json || args.has('json-stream')) return undefined;
  const out = (text: string): void => void stdout.write(text);
  if (stdout.isTTY !== true) return rawText(out);
  return openStyledText({
    out,
    err: (text) => {
      if (!globals.quiet) stderr.write(text);
    },
    columns: () => stdout.columns || 80,
    outPaint: context.paint('stdout'),
    errPaint: context.paint('stderr'),
    suspicious: (markup) => scanOutbound(markup).length > 0,
  });
}

async function chosenModel(pyra: Pyra, word: string | undefined, signal: AbortSignal): Promise<ModelRef | undefined> {
  return word === undefined ? undefined : chooseModel(word, {}, await pyra.settings.load(), pyra.models, signal);
}

/** What stands on stdin: the prompt itself, or a document to go along. A terminal is never read. */
async function standardInput(
  context: CommandContext,
  isPrompt: boolean,
  pyra: Pyra,
): Promise<{ readonly prompt: string; readonly attachments: readonly Attachment[] }> {
  if (context.stdin.isTTY === true) {
    if (!isPrompt) return { prompt: '', attachments: [] };
    throw new PyraError('usage', '"-" reads the question from standard input, and that is the terminal', { hint: 'pyra ask "…"' });
  }
  const { bytes, cut } = await readStdin(context.stdin, () =>
    context.say('pyra: waiting for standard input to end (give it </dev/null if there is nothing to add)'),
  );
  if (cut) context.say('pyra: standard input is longer than 10 MB; the rest was left out');
  if (isPrompt) {
    const prompt = new TextDecoder().decode(bytes).trim();
    if (prompt === '') throw new PyraError('usage', 'the question on standard input is empty');
    return { prompt, attachments: [] };
  }
  return { prompt: '', attachments: bytes.length === 0 ? [] : [await attachmentOf(bytes, 'standard input', pyra.system.id())] };
}

async function attached(context: CommandContext, all: readonly string[], pyra: Pyra): Promise<readonly Attachment[]> {
  const place = { cwd: context.cwd, home: context.home, boundary: () => pyra.system.id(), signal: context.signal };
  const attachments: Attachment[] = [];
  for (const what of all) attachments.push(await readAttachment(what, place));
  return attachments;
}

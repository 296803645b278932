import { homePaths } from '../../adapters/support/home-paths.js';
import { LineHistory } from '../../adapters/support/terminal/line-history.js';
import { WaitSpinner } from '../../adapters/support/terminal/wait-spinner.js';
import { PyraError } from '../../core/domain/errors.js';
import { scanOutbound } from '../../core/domain/injection-scan.js';
import type { ModelRef } from '../../core/domain/model.js';
import { usageCost } from '../../core/domain/model-price.js';
import { visible } from '../../core/domain/untrusted.js';
import { ChatSession } from './chat-session.js';
import type { ChatPyra } from './chat-state.js';
import { chosenConversation } from './choose-conversation.js';
import type { Command, CommandContext } from './command.js';
import { EXIT } from './exit-codes.js';
import { chooseModel } from './model-choice.js';
import { showLast } from './slash-conversation.js';
import { currentModel, modelName } from './slash-information.js';
import { recordUsage } from './usage-record.js';

/** Answers are not wrapped wider than this. */
const MAX_COLUMNS = 100;

/** `pyra chat`: talking with the assistant on a terminal. */
export const commands: readonly Command[] = [
  {
    noun: 'chat',
    summary: 'talk with the assistant',
    flags: [
      { name: 'continue', short: 'c', summary: 'go on with the last conversation' },
      { name: 'resume', value: 'ID', summary: 'go on with this conversation' },
      { name: 'fork', summary: 'with -c or --resume: go on in a copy of it' },
      { name: 'model', value: '[PROVIDER/]MODEL', summary: 'use this model' },
      { name: 'system', short: 's', value: 'TEXT', summary: 'say this to the model instead of your persona note' },
    ],
    examples: ['pyra chat', 'pyra chat -c', 'pyra chat --model openai/gpt-5'],
    details: 'Inside, /help lists the commands. Needs a terminal; pyra ask works without one.',
    run: async (context, args) => {
      const { console, approver } = await terminalOf(context);
      const opened = await context.openPyra();
      const pyra: ChatPyra = opened;
      const conversation = await chosenConversation(pyra, args);
      const stderr = context.paint('stderr');
      const history = new LineHistory({
        path: homePaths(context.home).history,
        secret: (line) => pyra.redactor.find(line).length > 0,
      });
      await history.load();
      const chosen = args.value('model');
      const model: ModelRef | undefined =
        chosen === undefined ? undefined : await chooseModel(chosen, {}, await pyra.settings.load(), pyra.models, context.signal);
      const system = args.value('system');
      const session = new ChatSession({
        pyra,
        console,
        approver,
        history,
        paint: stderr,
        view: {
          out: (text) => void context.stdout.write(text),
          err: (text) => console.write(text),
          columns: () => Math.min(context.stdout.columns || 80, MAX_COLUMNS),
          outPaint: context.paint('stdout'),
          errPaint: stderr,
          spinner: new WaitSpinner(context.stderr, stderr.enabled),
          suspicious: (markup) => scanOutbound(markup).length > 0,
        },
        home: context.home,
        cwd: context.cwd,
        environment: context.env,
        conversation: conversation.id,
        ...(model === undefined ? {} : { model }),
        ...(system === undefined ? {} : { system }),
        count: (ref, usage) => {
          recordUsage(context.home, { by: 'chat', model: ref, usage, at: pyra.system.now() });
          return usageCost(ref.provider, ref.model, usage);
        },
        signal: context.signal,
        clock: () => performance.now(),
      });
      await opened.warm(context.signal);
      const stop = context.onInterrupt(() => session.interrupt());
      try {
        await greet(session, context);
        if (conversation.resumed) showLast(session, (await pyra.conversations.load(conversation.id))?.messages ?? []);
        await session.run();
      } finally {
        stop();
      }
      return EXIT.ok;
    },
  },
];

async function terminalOf(context: CommandContext) {
  const console = context.interactive ? (await context.openTerminal()).console() : undefined;
  if (console === undefined) {
    throw new PyraError('usage', 'chat needs a terminal', { hint: 'pyra ask "…" answers one question without one' });
  }
  return { console, approver: (await context.openTerminal()).approver };
}

async function greet(session: ChatSession, context: CommandContext): Promise<void> {
  if (context.globals.quiet) return;
  const model = await currentModel(session);
  const name = model === undefined ? session.paint.yellow('no model yet: pyra setup') : visible(modelName(model));
  session.say(`${session.paint.bold(`pyra ${context.version}`)} · ${name}`);
  session.say(session.paint.dim('/help lists commands · Ctrl-C stops an answer · Ctrl-D leaves'));
}

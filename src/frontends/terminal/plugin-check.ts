import { WaitSpinner } from '../../adapters/support/terminal/wait-spinner.js';
import { isPyraError } from '../../core/domain/errors.js';
import { visible } from '../../core/domain/untrusted.js';
import type { PluginShelf } from '../../core/usecases/plugin-shelf.js';
import type { PluginSetup } from '../../core/usecases/setup-steps.js';
import type { CommandContext } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';

/** What came of trying the answers. */
export type SetupCheck =
  | { readonly outcome: 'works'; readonly message: string }
  | { readonly outcome: 'not-checked' }
  | { readonly outcome: 'failed'; readonly message: string; readonly code: ExitCode };

/** What a plugin says when a sign-in, and not the way there, is the trouble. */
const REFUSED =
  /passwor[dt]|credential|sign(?:ed)?[ -]in\b|\blog(?:ged)?[ -]?in\b(?!\.)|authenti|authori[sz]|forbidden|\b40[13]\b|\btoken\b/i;

/** What it says when that may be over soon: then it is no matter of the password. */
const PASSING = /\btemporar|at the moment|try (?:it )?again/i;

/**
 * Lets the plugin try its answers, with a spinner. What it says meanwhile may be a code that the person has to type elsewhere: it is shown
 * whole, on standard error, under `--quiet` too.
 */
export async function checkSetup(
  context: CommandContext,
  shelf: Pick<PluginShelf, 'check'>,
  { plugin, account }: PluginSetup,
): Promise<SetupCheck> {
  const { name } = plugin.manifest;
  const spinner = new WaitSpinner(context.stderr, context.paint('stderr').enabled && !context.globals.quiet);
  let last = '';
  const progress = (text: string): void => {
    if (text === last) return;
    last = text;
    spinner.stop();
    context.stderr.write(`${visible(text)}\n`);
    spinner.start(`trying ${name}`);
  };
  spinner.start(`trying ${name}`);
  try {
    const message = await shelf.check(name, account, { signal: context.signal, progress });
    return message === undefined ? { outcome: 'not-checked' } : { outcome: 'works', message };
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isPyraError(error, 'plugin/crashed')) throw error;
    return { outcome: 'failed', message: error.message, code: isRefused(error.message) ? EXIT.credential : EXIT.network };
  } finally {
    spinner.stop();
  }
}

function isRefused(message: string): boolean {
  return message.split('\n').some((line) => REFUSED.test(line) && !PASSING.test(line));
}

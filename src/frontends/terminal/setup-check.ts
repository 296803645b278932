import { isPyraError } from '../../core/domain/errors.js';
import type { SecretName } from '../../core/domain/identifiers.js';
import type { Settings } from '../../core/domain/settings.js';
import type { Foundation } from '../../core/usecases/foundation.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { openVaultForWriting } from './open-vault.js';
import { askKeyAgain } from './setup-key.js';
import type { ChosenProvider } from './setup-questions.js';
import { visibleLine } from './visible-line.js';

/** What the check of a provider came to. */
export interface ModelListCheck {
  readonly models: readonly string[];
  /** Why nothing could be found out. */
  readonly warning?: string;
}

const WAIT = 15_000;

/**
 * Asks the provider for its models, which costs nothing. A refused key can be typed again; another failure is a warning, after which the
 * person may go on. `undefined` when they do not want to.
 */
export async function checkModelList(
  context: CommandContext,
  args: ParsedArguments,
  foundation: Foundation,
  settings: Settings,
  chosen: ChosenProvider,
): Promise<ModelListCheck | undefined> {
  const { provider, baseUrl } = chosen;
  if (provider.check === 'none') return { models: [] };
  for (;;) {
    const deadline = foundation.system.deadline([context.signal], WAIT);
    try {
      const catalog = await foundation.models(settings);
      const models = await catalog.models({ provider: provider.id, ...(baseUrl === undefined ? {} : { baseUrl }) }, deadline.signal);
      return { models };
    } catch (error) {
      context.signal.throwIfAborted();
      if (!isPyraError(error) && !deadline.signal.aborted) throw error;
      const warning = isPyraError(error) ? error.message : `${provider.displayName} did not answer within ${WAIT / 1000} s`;
      if (!context.interactive) return { models: [], warning: `not checked: ${warning}` };
      context.say(`${context.paint('stderr').yellow('warning:')} ${visibleLine(warning)}`);
      if (isPyraError(error, 'model/auth')) {
        const key = await askKeyAgain(context, provider);
        if (key !== undefined) {
          await openVaultForWriting(context, args, foundation.vault);
          await foundation.vault.set(provider.id as SecretName, key);
          continue;
        }
      }
      const prompter = await context.openPrompter();
      const goOn = await prompter.confirm({ message: 'Go on without the check?', flag: '--no-input', initial: true });
      return goOn ? { models: [], warning } : undefined;
    } finally {
      deadline.dispose();
    }
  }
}

import { configuredModel } from '../../core/domain/configured-model.js';
import { isPyraError } from '../../core/domain/errors.js';
import type { Command, CommandContext } from './command.js';
import { EXIT } from './exit-codes.js';

/** `pyra start`: what a person who knows nothing yet should see. */
export const commands: readonly Command[] = [
  {
    noun: 'start',
    summary: 'chat; the first time setup, or the demo where there is no terminal',
    examples: ['pyra start', 'npm start'],
    async run(context) {
      if (await isConfigured(context)) return context.runCommand(['chat']);
      if (!context.interactive) return context.runCommand(['demo']);
      const code = await context.runCommand(['setup']);
      return code === EXIT.ok && (await isConfigured(context)) ? context.runCommand(['chat']) : code;
    },
  },
];

/** Whether a model is configured; settings that are broken count as such, so that the chat says what is wrong with them. */
async function isConfigured(context: CommandContext): Promise<boolean> {
  const { settings } = await context.openFoundation();
  try {
    return configuredModel(await settings.load()) !== undefined;
  } catch (error) {
    if (isPyraError(error)) return true;
    throw error;
  }
}

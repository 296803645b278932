import type { PluginShelf } from '../../core/usecases/plugin-shelf.js';
import type { CommandContext } from './command.js';

/** The plugins of the chosen home. */
export async function openShelf(context: CommandContext): Promise<PluginShelf> {
  return (await context.openPyra()).plugins;
}

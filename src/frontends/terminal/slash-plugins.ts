import type { JsonObject, JsonValue } from '../../core/domain/json.js';
import { visible } from '../../core/domain/untrusted.js';
import type { PluginCommand } from '../../core/usecases/plugin-shelf.js';
import type { ChatState } from './chat-state.js';
import type { SlashCommand } from './slash-command.js';
import { askAboutSecret } from './typed-secret.js';
import { visibleLine } from './visible-line.js';

/** What stands in a declared command for the words behind it. */
const TEXT = '{text}';

/** Slash commands about the plugins. */
export const pluginCommands: readonly SlashCommand[] = [
  {
    name: 'plugins',
    summary: 'list the plugins and their state',
    run: async (chat) => {
      const plugins = await chat.pyra.plugins.list();
      if (plugins.length === 0) chat.say('there are no plugins yet: pyra plugin list shows what comes with Pyra');
      for (const { name, state, plugin, faults } of plugins) {
        const painted = state === 'enabled' ? state : state === 'disabled' ? chat.paint.dim(state) : chat.paint.yellow(state);
        chat.say(
          `${chat.paint.bold(name)} ${visibleLine(plugin.manifest.version)}  ${painted}  ${visibleLine(plugin.manifest.description)}`,
        );
        for (const fault of faults) chat.say(`  ${visibleLine(fault)}`);
      }
      return undefined;
    },
  },
];

/**
 * The commands that enabled plugins declare, as this chat runs them. None of Pyra's own is ever replaced (`own` are their names), and of two
 * with one name the plugin that is first by name has it. A broken home has none, and says so elsewhere.
 */
export async function declaredCommands(chat: ChatState, own: readonly string[]): Promise<readonly SlashCommand[]> {
  const taken = new Set(own);
  const declared = await chat.pyra.plugins.commands().catch((): readonly PluginCommand[] => []);
  return declared.filter(({ command }) => !taken.has(command.name) && taken.add(command.name)).map(slashCommandOf);
}

/** A declared command: it calls a tool through the gate, or says its prompt as the person's own message. */
function slashCommandOf({ plugin, command, tool }: PluginCommand): SlashCommand {
  const takesText = JSON.stringify('tool' in command ? command.arguments : command.prompt).includes(TEXT);
  return {
    name: command.name,
    summary: `${visibleLine(command.summary)} (${plugin})`,
    ...(takesText ? { words: '[TEXT]' } : {}),
    run: async (chat, rest) => {
      if (!('tool' in command)) await say(chat, command.prompt.replaceAll(TEXT, () => rest).trim());
      else if (tool !== undefined) await chat.callTool(tool, filled(command.arguments, rest), rest);
      return undefined;
    },
  };
}

async function say(chat: ChatState, message: string): Promise<void> {
  chat.say(chat.paint.dim(`› ${visible(message)}`));
  const secret = await askAboutSecret(chat, message);
  if (secret.kind === 'keep') chat.draft = secret.draft;
  else await chat.send(message);
}

/** The arguments with the words in their place; an argument that is nothing but them is left out where there are none. */
function filled(args: JsonObject, rest: string): JsonObject {
  return Object.fromEntries(
    Object.entries(args)
      .filter(([, value]) => value !== TEXT || rest !== '')
      .map(([name, value]) => [name, filledValue(value, rest)]),
  );
}

function filledValue(value: JsonValue, rest: string): JsonValue {
  if (typeof value === 'string') return value.replaceAll(TEXT, () => rest);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => filledValue(item, rest));
  return filled(value as JsonObject, rest);
}

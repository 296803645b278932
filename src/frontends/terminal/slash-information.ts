import { configuredModel } from '../../core/domain/configured-model.js';
import type { ModelRef } from '../../core/domain/model.js';
import { taintSources, visible } from '../../core/domain/untrusted.js';
import type { ChatState } from './chat-state.js';
import { chooseModel } from './model-choice.js';
import type { SlashCommand } from './slash-command.js';
import { toolLine } from './tool-line.js';

/** Slash commands about models, tools, rules and the state of things. */
export const informationCommands: readonly SlashCommand[] = [
  {
    name: 'model',
    words: '[[PROVIDER/]MODEL]',
    summary: 'use another model in this chat, or list those of the provider',
    run: async (chat, rest) => {
      if (rest === '') await listModels(chat);
      else {
        const ref = await chooseModel(rest, {}, await chat.pyra.settings.load(), chat.pyra.models, chat.signal);
        await chat.pyra.models.open(ref);
        chat.model = ref;
        chat.say(`using ${modelName(ref)} in this chat`);
      }
      return undefined;
    },
    complete: async (chat) => {
      if (chat.modelNames.length === 0) await loadModels(chat).catch(() => undefined);
      return chat.modelNames;
    },
  },
  {
    name: 'tools',
    summary: 'list the tools, and which of them ask',
    run: async (chat) => {
      const tools = await chat.pyra.toolbox.definitions();
      if (tools.length === 0) chat.say('there are no tools');
      for (const tool of tools) {
        const whose = tool.describedBy === undefined ? '' : `, of ${visible(tool.describedBy)}`;
        const asks = tool.approval === 'none' ? 'does not ask' : 'asks';
        chat.say(`${visible(tool.name)}  ${chat.paint.dim(`${tool.effect}, ${asks}${whose}`)}  ${toolLine(tool)}`);
      }
      return undefined;
    },
  },
  {
    name: 'rules',
    summary: 'list the standing rules',
    run: async (chat) => {
      const { security } = await chat.pyra.settings.load();
      if (security.rules.length === 0) chat.say('there are no standing rules: every tool that has an effect asks');
      for (const { tool, when } of security.rules) chat.say(visible(`${tool} when ${JSON.stringify(when)}`));
      return undefined;
    },
  },
  {
    name: 'usage',
    summary: 'show how many tokens this chat has used',
    run: async (chat) => {
      const { inputTokens, outputTokens, estimated } = chat.usage;
      const about = estimated === true ? 'about ' : '';
      chat.say(
        `since this chat began: ${about}${inputTokens.toLocaleString('en')} tokens in, ${about}${outputTokens.toLocaleString('en')} out`,
      );
      return undefined;
    },
  },
  {
    name: 'status',
    summary: 'show model, conversation, vault and what was read from outside',
    run: async (chat) => {
      const messages = (await chat.pyra.conversations.load(chat.conversation))?.messages ?? [];
      const sources = taintSources(messages);
      const model = await currentModel(chat);
      chat.say(`model         ${model === undefined ? 'none: pyra setup chooses one' : modelName(model)}`);
      chat.say(`conversation  ${chat.conversation}, ${messages.length} messages`);
      chat.say(`has read      ${sources.length === 0 ? 'nothing from outside' : sources.map(visible).join(', ')}`);
      chat.say(`vault         ${await chat.pyra.vault.status()}`);
      chat.say(`home          ${visible(chat.home)}`);
      if (chat.attachments.length > 0) chat.say(`attached      ${chat.attachments.map(({ source }) => visible(source)).join(', ')}`);
      return undefined;
    },
  },
  {
    name: 'clear',
    summary: 'clear the screen (the conversation stays)',
    run: async (chat) => {
      chat.console.write('\u001b[H\u001b[2J');
      return undefined;
    },
  },
  { name: 'exit', summary: 'leave (so does Ctrl-D)', run: async () => 'exit' },
];

/** The model of this chat: its own, or that of the settings. */
export async function currentModel(chat: Pick<ChatState, 'model' | 'pyra'>): Promise<ModelRef | undefined> {
  if (chat.model !== undefined) return chat.model;
  return configuredModel(await chat.pyra.settings.load());
}

/** A model as a person reads it. */
export function modelName(ref: ModelRef): string {
  return visible(`${ref.provider}/${ref.model}`);
}

async function listModels(chat: ChatState): Promise<void> {
  const current = await currentModel(chat);
  chat.say(current === undefined ? 'no model is chosen: pyra setup' : `now: ${modelName(current)}`);
  await loadModels(chat);
  for (const name of chat.modelNames.slice(0, 60)) chat.say(`  ${visible(name)}`);
  if (chat.modelNames.length > 60) chat.say(`  … and ${chat.modelNames.length - 60} more`);
}

async function loadModels(chat: ChatState): Promise<void> {
  const current = await currentModel(chat);
  if (current === undefined) return;
  const { model: _, ...endpoint } = current;
  chat.modelNames = await chat.pyra.models.models(endpoint, chat.signal);
}

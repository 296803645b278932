import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { writeFileAtomic } from '../../adapters/support/atomic-file.js';
import type { ConversationHeading } from '../../core/domain/conversation.js';
import { PyraError } from '../../core/domain/errors.js';
import type { JsonObject } from '../../core/domain/json.js';
import { searchConversations } from '../../core/usecases/search-conversations.js';
import { columnsText } from './columns-text.js';
import type { Command, CommandContext, FlagSpec, ParsedArguments } from './command.js';
import { conversationJson, conversationMarkdown } from './conversation-export.js';
import { conversationText, localTime } from './conversation-text.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { findConversation } from './find-conversation.js';
import { visibleLine } from './visible-line.js';
import { wholeNumber } from './whole-number.js';

const LIMIT: FlagSpec = { name: 'limit', value: 'N', summary: 'show at most N (20)' };

/** `pyra session`: the stored conversations. */
export const commands: readonly Command[] = [
  {
    noun: 'session',
    verb: 'list',
    summary: 'list the stored conversations, the last one first',
    flags: [LIMIT],
    examples: ['pyra session list', 'pyra session list --json'],
    run: list,
  },
  {
    noun: 'session',
    verb: 'search',
    summary: 'find conversations by words in what was said',
    words: '<...query>',
    flags: [LIMIT],
    examples: ['pyra session search dentist appointment'],
    run: search,
  },
  {
    noun: 'session',
    verb: 'show',
    summary: 'show a whole conversation',
    words: '<id>',
    examples: ['pyra session show 3fk2'],
    details: 'The first characters of an id are enough where no other id starts with them.',
    run: show,
  },
  {
    noun: 'session',
    verb: 'resume',
    summary: 'go on with a conversation',
    words: '<id>',
    examples: ['pyra session resume 3fk2'],
    async run(context, { words: [prefix = ''] }) {
      const { conversations } = await context.openPyra();
      const { id } = await findConversation(conversations, prefix);
      return context.runCommand(['chat', '--resume', id]);
    },
  },
  {
    noun: 'session',
    verb: 'export',
    summary: 'write a conversation as Markdown or JSON',
    words: '<id> [file]',
    flags: [{ name: 'format', value: 'FORMAT', summary: 'md or json (by the name of the file, else md)' }],
    examples: ['pyra session export 3fk2 > talk.md', 'pyra session export 3fk2 talk.json'],
    details: 'A file is made for you alone to read; one that exists is replaced only with --yes.',
    run: exportConversation,
  },
  {
    noun: 'session',
    verb: 'rm',
    summary: 'delete a conversation',
    words: '<id>',
    examples: ['pyra session rm 3fk2', 'pyra session rm 3fk2 --yes'],
    run: remove,
  },
];

async function list(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const limit = wholeNumber(args, 'limit', 20);
  const { conversations } = await context.openPyra();
  const all = await conversations.headings();
  const headings = all.slice(0, limit);
  if (context.globals.json) {
    context.printJson({ conversations: headings.map(headingJson), total: all.length });
    return EXIT.ok;
  }
  if (all.length === 0) context.say('no conversation is stored yet; pyra chat starts one');
  else context.print(columnsText(headings.map(row), [2]));
  if (all.length > headings.length) context.say(`${all.length - headings.length} more: --limit ${all.length}`);
  return EXIT.ok;
}

async function search(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const limit = wholeNumber(args, 'limit', 20);
  const { conversations } = await context.openPyra();
  const hits = await searchConversations(conversations, args.words.join(' '), limit);
  if (context.globals.json) {
    context.printJson({ conversations: hits.map(({ heading, excerpt }) => ({ ...headingJson(heading), excerpt })) });
    return EXIT.ok;
  }
  const paint = context.paint('stdout');
  for (const { heading, excerpt } of hits) {
    context.print(row(heading).join('  '));
    if (excerpt !== '') context.print(paint.dim(`    ${visibleLine(excerpt)}`));
  }
  if (hits.length === 0) context.say('nothing was found');
  return EXIT.ok;
}

async function show(context: CommandContext, { words: [prefix = ''] }: ParsedArguments): Promise<ExitCode> {
  const { conversation, heading } = await load(context, prefix);
  if (context.globals.json) {
    context.printJson({ conversation: conversationJson(conversation, heading.title) });
    return EXIT.ok;
  }
  const { stdout } = context;
  const looks = { paint: context.paint('stdout'), columns: stdout.columns ?? 80, render: stdout.isTTY === true };
  context.print(conversationText(conversation.messages, looks));
  return EXIT.ok;
}

async function exportConversation(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const [prefix = '', file] = args.words;
  const format = args.value('format') ?? (file?.endsWith('.json') || (file === undefined && context.globals.json) ? 'json' : 'md');
  if (format !== 'md' && format !== 'json') throw new PyraError('usage', '--format is md or json');
  const { conversation, heading } = await load(context, prefix);
  const text =
    format === 'md'
      ? conversationMarkdown(conversation, heading.title)
      : `${JSON.stringify({ v: 1, conversation: conversationJson(conversation, heading.title) }, null, 2)}\n`;
  if (file === undefined || file === '-') {
    if (context.globals.json && format === 'md') context.printJson({ id: conversation.id, markdown: text });
    else context.print(text.trimEnd());
    return EXIT.ok;
  }
  const path = resolve(context.cwd, file);
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined && !context.globals.yes) {
    throw new PyraError('usage', 'the file exists already', { hint: 'choose another name, or --yes to replace it' });
  }
  await writeFileAtomic(path, text, 0o600);
  if (context.globals.json) context.printJson({ id: conversation.id, file: path, format });
  else context.say(`written: ${visibleLine(file)}`);
  return EXIT.ok;
}

async function remove(context: CommandContext, { words: [prefix = ''] }: ParsedArguments): Promise<ExitCode> {
  const { conversations } = await context.openPyra();
  const heading = await findConversation(conversations, prefix);
  const title = visibleLine(heading.title);
  if (context.globals.dryRun) {
    context.say(`would delete ${heading.id}: ${title}`);
    return EXIT.ok;
  }
  if (!context.globals.yes) {
    const prompter = await context.openPrompter();
    const message = `delete "${title}" (${heading.messages} messages) for good?`;
    if (!(await prompter.confirm({ message, flag: '--yes' }))) return EXIT.failure;
  }
  const release = await conversations.lease(heading.id);
  try {
    await conversations.delete(heading.id);
  } finally {
    await release();
  }
  if (context.globals.json) context.printJson({ deleted: heading.id });
  else context.say(`deleted: ${title}`);
  return EXIT.ok;
}

async function load(context: CommandContext, prefix: string) {
  const { conversations } = await context.openPyra();
  const heading = await findConversation(conversations, prefix);
  const conversation = await conversations.load(heading.id);
  if (conversation === undefined) throw new PyraError('not-found', 'the conversation was deleted meanwhile');
  return { conversation, heading };
}

function row(heading: ConversationHeading): readonly string[] {
  return [heading.id, localTime(heading.updated), String(heading.messages), visibleLine(heading.title)];
}

function headingJson(heading: ConversationHeading): JsonObject {
  const { id, title, started, updated, messages } = heading;
  return { id, title, started, updated, messages };
}

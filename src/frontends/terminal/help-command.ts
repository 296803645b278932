import { PyraError } from '../../core/domain/errors.js';
import type { Command } from './command.js';
import { EXIT } from './exit-codes.js';
import { commandHelp, nounHelp, programHelp, TOPICS } from './help.js';

/** `pyra help`. */
export const commands: readonly Command[] = [
  {
    noun: 'help',
    summary: 'explain a command, or exit-codes, or environment',
    words: '[...topic]',
    examples: ['pyra help', 'pyra help exit-codes'],
    async run(context, { words }) {
      const text = await helpOn(words, context.nouns);
      if (context.globals.json) context.printJson({ text });
      else context.print(text.trimEnd());
      return EXIT.ok;
    },
  },
];

async function helpOn(words: readonly string[], nouns: Parameters<typeof programHelp>[0]): Promise<string> {
  const [topic, verb] = words;
  if (topic === undefined) return programHelp(nouns);
  if (Object.hasOwn(TOPICS, topic)) return TOPICS[topic]?.() ?? '';
  const noun = nouns.find((candidate) => candidate.noun === topic);
  if (noun === undefined) {
    throw new PyraError('not-found', 'there is no help on that', {
      hint: `topics: ${[...Object.keys(TOPICS), ...nouns.map((candidate) => candidate.noun)].join(', ')}`,
    });
  }
  const { commands } = await noun.load();
  if (verb === undefined) return nounHelp(noun, commands);
  const command = commands.find((candidate) => candidate.verb === verb);
  if (command === undefined)
    throw new PyraError('not-found', `pyra ${topic} has no such command`, { hint: `it has: ${noun.verbs.join(', ')}` });
  return commandHelp(command);
}

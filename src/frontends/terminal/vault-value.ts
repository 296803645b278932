import { resolve } from 'node:path';
import { readSecretFile, secretOf } from '../../adapters/support/passphrase-file.js';
import { PyraError } from '../../core/domain/errors.js';
import { Secret } from '../../core/domain/secret.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { readStdin } from './read-stdin.js';

const MAX_BYTES = 262_144;
/** Shorter values occur by chance in ordinary text, so they are not looked for in what is sent, logged or shown. */
const SHORTEST_BYTES = 8;
const WAYS = 'type it at the hidden prompt, or give it on stdin (-), with --from-file FILE or with --from-env NAME';

/** The value for `vault set`: from stdin, a file, a variable or a hidden prompt, never from the command line. Throws `usage`. */
export async function newValue(context: CommandContext, args: ParsedArguments): Promise<Secret> {
  const value = await readValue(context, args);
  if (Buffer.byteLength(value.reveal()) < SHORTEST_BYTES && !args.has('short')) {
    throw new PyraError('usage', `the value has fewer than ${SHORTEST_BYTES} bytes: so short a text is not kept out of logs and answers`, {
      hint: 'use a longer one, or say --short if it must be',
    });
  }
  return value;
}

async function readValue(context: CommandContext, args: ParsedArguments): Promise<Secret> {
  const [, word] = args.words;
  if (word !== undefined && word !== '-') {
    throw new PyraError('usage', "a value as a word is refused: it stays in the shell's history and shows in `ps`", { hint: WAYS });
  }
  const file = args.value('from-file');
  const variable = args.value('from-env');
  if ([word, file, variable].filter((way) => way !== undefined).length > 1) {
    throw new PyraError('usage', 'choose one of -, --from-file and --from-env');
  }
  if (file !== undefined) {
    return readSecretFile(resolve(context.cwd, file), { what: 'the file', maxBytes: MAX_BYTES, strict: false });
  }
  if (variable !== undefined) {
    const value = context.env[variable];
    if (!value) throw new PyraError('usage', `the variable ${variable} is not set, or empty`);
    return new Secret(value);
  }
  if (word === '-' && context.stdin.isTTY !== true) {
    const { bytes } = await readStdin(context.stdin, () => context.say('waiting for the value on stdin …'));
    if (bytes.length > MAX_BYTES) throw new PyraError('usage', `a value has at most ${MAX_BYTES} bytes`);
    return secretOf(bytes, 'the value');
  }
  if (!context.interactive) throw new PyraError('usage', 'there is no terminal to type the value at', { hint: WAYS });
  const prompter = await context.openPrompter();
  const value = await prompter.secret({ message: 'Value (it is not shown)', flag: '-' });
  if (value.reveal() === '') throw new PyraError('usage', 'an empty value is refused');
  return value;
}

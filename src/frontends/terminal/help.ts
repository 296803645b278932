import type { Command, FlagSpec, Noun, NounGroup } from './command.js';
import { EXIT_MEANINGS } from './exit-codes.js';
import { GLOBAL_FLAGS } from './global-flags.js';

const GROUPS: readonly NounGroup[] = ['START', 'YOURS', 'SECRETS', 'EXTEND', 'AUTOMATE', 'SAFETY', 'MISC'];
const INDENT = '  ';

/** The help of the whole program: what there is, and how to go on. */
export function programHelp(nouns: readonly Noun[]): string {
  const rows = GROUPS.flatMap((group) => {
    const members = nouns.filter((noun) => noun.group === group);
    return members.length === 0
      ? []
      : ['', group, ...table(members.map((noun) => [[noun.noun, noun.verbs.join('|')].filter(Boolean).join(' '), noun.summary]))];
  });
  return [
    'pyra: a personal assistant that asks before it acts',
    '',
    'usage: pyra [COMMAND] [FLAGS]',
    `${INDENT}     pyra                     on a terminal: chat`,
    ...rows,
    '',
    'FLAGS (before or after the command)',
    ...table(GLOBAL_FLAGS.map(flagRow)),
    '',
    'more: pyra help COMMAND, pyra help exit-codes, pyra help environment',
    '',
  ].join('\n');
}

/** The short form, for a call that says too little. */
export function shortHelp(nouns: readonly Noun[]): string {
  return `usage: pyra COMMAND [FLAGS]\ncommands: ${nouns.map((noun) => noun.noun).join(', ')}\nmore: pyra --help\n`;
}

/** The help of a noun with its verbs. */
export function nounHelp(noun: Noun, commands: readonly Command[]): string {
  if (commands.length === 1 && commands[0]?.verb === undefined && commands[0] !== undefined) return commandHelp(commands[0]);
  const listed = commands.filter(({ verb }) => verb !== undefined && noun.verbs.includes(verb));
  return [
    `pyra ${noun.noun}: ${noun.summary}`,
    '',
    `usage: pyra ${noun.noun} VERB [FLAGS]`,
    '',
    ...table(listed.map((command) => [[command.verb ?? '', command.words ?? ''].join(' ').trim(), command.summary])),
    '',
    `more: pyra ${noun.noun} VERB --help`,
    '',
  ].join('\n');
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  const title = ['pyra', command.noun, command.verb].filter(Boolean).join(' ');
  const rest = command.rest === undefined ? undefined : `-- ${command.rest}`;
  const flags = command.flags ?? [];
  return [
    `${title}: ${command.summary}`,
    '',
    `usage: ${[title, flags.length > 0 ? '[FLAGS]' : undefined, command.words, rest].filter(Boolean).join(' ')}`,
    ...(command.details === undefined ? [] : ['', command.details.trim()]),
    ...(flags.length === 0 ? [] : ['', 'flags', ...table(flags.map(flagRow))]),
    '',
    'examples',
    ...command.examples.map((example) => INDENT + example),
    '',
    'flags of every command: pyra --help',
    '',
  ].join('\n');
}

/** The texts of `pyra help TOPIC` that are about no command. */
export const TOPICS: Readonly<Record<string, () => string>> = {
  'exit-codes': () => ['exit codes', '', ...table(EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning])), ''].join('\n'),
  environment: () =>
    [
      'environment (a flag goes before it, a profile and the defaults after it)',
      '',
      ...table([
        ['PYRA_HOME', 'where everything is kept; default ~/.pyra'],
        ['PYRA_PROFILE', 'the profile, as --profile'],
        ['PYRA_NO_INPUT', 'never ask anything, as --no-input'],
        ['PYRA_VAULT_PASSPHRASE_FILE', "a file with the vault's passphrase"],
        ['VISUAL, EDITOR', 'the editor'],
        ['NO_COLOR, FORCE_COLOR, TERM=dumb', 'colours; --color goes before them'],
        ['HTTPS_PROXY, NO_PROXY', 'the way to the network'],
      ]),
      '',
    ].join('\n'),
};

function flagRow(flag: FlagSpec): readonly [string, string] {
  const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
  const value = flag.value === undefined ? '' : ` ${flag.value}`;
  return [`${short}--${flag.name}${value}`, flag.summary + (flag.repeat ? ' (may be repeated)' : '')];
}

function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.min(44, Math.max(...rows.map(([left]) => left.length)));
  return rows.map(([left, right]) =>
    left.length > width ? `${INDENT}${left}\n${INDENT}${' '.repeat(width)}  ${right}` : `${INDENT}${left.padEnd(width)}  ${right}`,
  );
}

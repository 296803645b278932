import { RootCommand } from '@bomb.sh/tab';
import type { Command, CommandContext } from './command.js';
import { EXIT } from './exit-codes.js';
import { GLOBAL_FLAGS } from './global-flags.js';

/** What the shell runs for its suggestions, with ` complete -- WORDS` behind it. */
const EXECUTABLE = 'pyra completion';

/*
 * Not the script of @bomb.sh/tab: that one evaluates the words of the line, so that a Tab behind `$(…)` or `> file` runs or empties something,
 * and it does nothing where bash-completion is not installed.
 */
const BASH = `# bash completion for pyra
_pyra_completion() {
  local value description current=\${COMP_WORDS[COMP_CWORD]}
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=()
  # An = is a word of its own; nothing stands behind this one yet.
  if [[ $current == = ]]; then current=; words+=(''); fi
  while IFS=$'\\t' read -r value description; do
    case $value in ''|:*) continue ;; esac
    [[ $value == "$current"* ]] && COMPREPLY+=("$value")
  done < <(${EXECUTABLE} complete -- "\${words[@]}" 2>/dev/null </dev/null)
}
complete -o default -F _pyra_completion pyra`;

const script = (shell: 'bash' | 'zsh' | 'fish', use: string): Command => ({
  noun: 'completion',
  verb: shell,
  summary: `print the completion script for ${shell}`,
  examples: [use],
  async run(context) {
    if (shell === 'bash') context.print(BASH);
    else new RootCommand().setup('pyra', EXECUTABLE, shell);
    return EXIT.ok;
  },
});

/** `pyra completion`: scripts for the shells, and the suggestions that these ask for. */
export const commands: readonly Command[] = [
  script('bash', "echo 'source <(pyra completion bash)' >> ~/.bashrc"),
  script('zsh', "echo 'source <(pyra completion zsh)' >> ~/.zshrc"),
  script('fish', 'pyra completion fish > ~/.config/fish/completions/pyra.fish'),
  {
    noun: 'completion',
    verb: 'complete',
    summary: 'print suggestions for a line; the completion scripts call it',
    rest: 'WORDS',
    examples: ['pyra completion complete -- vault ""'],
    async run(context, { rest }) {
      const root = await suggestions(context, rest);
      root.parse([...rest]);
      return EXIT.ok;
    },
  },
];

/** Everything that may stand in a line; only the module of the line's own noun is loaded. */
async function suggestions(context: CommandContext, words: readonly string[]): Promise<RootCommand> {
  const root = new RootCommand();
  addFlags(root, GLOBAL_FLAGS);
  for (const noun of context.nouns) {
    const entry = root.command(noun.noun, noun.summary);
    addFlags(entry, GLOBAL_FLAGS);
    if (!words.slice(0, -1).includes(noun.noun)) continue;
    for (const command of (await noun.load()).commands) {
      if (command.verb === undefined) addFlags(entry, command.flags ?? []);
      else if (noun.verbs.includes(command.verb)) {
        const verb = root.command(`${noun.noun} ${command.verb}`, command.summary);
        addFlags(verb, [...(command.flags ?? []), ...GLOBAL_FLAGS]);
        if (command.complete === undefined || !words.slice(0, -1).includes(command.verb)) continue;
        const first = await command.complete(context).catch((): readonly string[] => []);
        verb.argument('word', (complete) => {
          for (const word of first) complete(word, '');
        });
        if (command.completeMore === undefined) continue;
        const given = words.slice(words.lastIndexOf(command.verb) + 1, -1).filter((word) => !word.startsWith('-'));
        const more = given.length === 0 ? [] : await command.completeMore(context, given).catch((): readonly string[] => []);
        verb.argument(
          'more',
          (complete) => {
            for (const word of more) complete(word, '');
          },
          true,
        );
      }
    }
  }
  return root;
}

function addFlags(entry: Pick<RootCommand, 'option'>, flags: NonNullable<Command['flags']>): void {
  for (const { name, short, summary, value } of flags) {
    if (value !== undefined) entry.option(name, summary, () => undefined, short);
    else if (short !== undefined) entry.option(name, summary, short);
    else entry.option(name, summary);
  }
}

import type { Command, FlagSpec } from './command.js';
import { disablePlugin, enablePlugin, removePlugin } from './plugin-enable.js';
import { pluginInfo } from './plugin-info.js';
import { installPlugin, updatePlugin } from './plugin-install.js';
import { listPlugins } from './plugin-list.js';
import { plausibleNames } from './plugin-names.js';
import { newPlugin } from './plugin-new.js';
import { setUpPlugin } from './plugin-setup.js';
import { testPlugin } from './plugin-test.js';

const ASKS =
  'It shows what it would let in and asks; the default is no. --yes agrees, --dry-run only shows it. Without a terminal --yes is needed.';

const SETUP_FLAGS: readonly FlagSpec[] = [
  { name: 'account', value: 'A', summary: 'for which account, where the plugin can have several (main)' },
  { name: 'set', value: 'KEY=VALUE', repeat: true, summary: 'answer a question; a file by its path, a secret never' },
  { name: 'secret-file', value: 'KEY=FILE', repeat: true, summary: 'the secret is the content of a file' },
  { name: 'secret-env', value: 'KEY=NAME', repeat: true, summary: 'the secret is the value of a variable' },
  { name: 'no-check', summary: 'do not try the answers' },
  { name: 'passphrase-file', value: 'FILE', summary: 'the passphrase of the vault, in a file that only you can read' },
];

/** `pyra plugin …`: what the assistant can do in the world, and what it may reach for that. */
export const commands: readonly Command[] = [
  {
    noun: 'plugin',
    verb: 'list',
    summary: 'list the plugins that are installed, and those that come with Pyra',
    examples: ['pyra plugin list', 'pyra plugin list --json'],
    run: listPlugins,
  },
  {
    noun: 'plugin',
    verb: 'info',
    summary: 'show what a plugin can do, reach and ask',
    words: '<name-or-path>',
    examples: ['pyra plugin info email', 'pyra plugin info ./garden --json'],
    details:
      'Tools with their effects, permissions, secrets by name, the questions of its setup, and how strictly this machine keeps it in.',
    run: pluginInfo,
    complete: ({ home }) => plausibleNames(home, 'all'),
  },
  {
    noun: 'plugin',
    verb: 'install',
    summary: 'install a plugin that comes with Pyra, or one from a folder',
    words: '<name-or-path>',
    examples: ['pyra plugin install email', 'pyra plugin install ./garden', 'pyra plugin install email --yes'],
    details: `${ASKS} A path has a slash in it. None of the plugin's code runs before you agree.`,
    run: installPlugin,
    complete: ({ home }) => plausibleNames(home, 'all'),
  },
  {
    noun: 'plugin',
    verb: 'enable',
    summary: 'let the assistant use a plugin',
    words: '<name>',
    examples: ['pyra plugin enable email'],
    details: 'A plugin whose files are no longer those that you accepted, or that crashed too often, is enabled once you have seen why.',
    run: enablePlugin,
    complete: ({ home }) => plausibleNames(home, 'installed'),
  },
  {
    noun: 'plugin',
    verb: 'disable',
    summary: 'take a plugin away from the assistant; answers and secrets stay',
    words: '<name>',
    examples: ['pyra plugin disable email'],
    run: disablePlugin,
    complete: ({ home }) => plausibleNames(home, 'installed'),
  },
  {
    noun: 'plugin',
    verb: 'setup',
    summary: "answer a plugin's questions; secrets go to the vault",
    words: '<name>',
    flags: SETUP_FLAGS,
    examples: [
      'pyra plugin setup email',
      'pyra plugin setup email --account work',
      'pyra plugin setup email --set address=ana@example.org --secret-file password=pass.txt --no-input',
    ],
    details: `Earlier answers are the defaults. Then the plugin tries the answers, such as by signing in. If that fails the answers are kept, and it exits
with 4 when the sign-in was refused and with 6 when the way there failed; so it does under --no-input. --no-check leaves the trial out.`,
    run: setUpPlugin,
    complete: ({ home }) => plausibleNames(home, 'installed'),
  },
  {
    noun: 'plugin',
    verb: 'update',
    summary: 'take a newer version from where the plugin came from',
    words: '<name>',
    examples: ['pyra plugin update email', 'pyra plugin update garden --dry-run'],
    details: `${ASKS} Only what is different is shown; answers and data stay.`,
    run: updatePlugin,
    complete: ({ home }) => plausibleNames(home, 'installed'),
  },
  {
    noun: 'plugin',
    verb: 'remove',
    summary: 'remove a plugin with its answers, secrets and data',
    words: '<name>',
    flags: [
      { name: 'account', value: 'A', summary: 'only this account, with its answers and secrets' },
      { name: 'keep-secrets', summary: 'leave its secrets in the vault' },
    ],
    examples: ['pyra plugin remove garden', 'pyra plugin remove email --account work', 'pyra plugin remove garden --yes --keep-secrets'],
    run: removePlugin,
    complete: ({ home }) => plausibleNames(home, 'installed'),
  },
  {
    noun: 'plugin',
    verb: 'new',
    summary: 'write a new plugin that works, for you to change',
    words: '<name>',
    examples: ['pyra plugin new garden'],
    details: 'Makes a folder of that name here: manifest, code in TypeScript, a test that passes. See docs/plugins.md.',
    run: newPlugin,
  },
  {
    noun: 'plugin',
    verb: 'test',
    summary: "run a plugin's own tests, and check what every plugin has to keep",
    words: '[path]',
    examples: ['pyra plugin test', 'pyra plugin test ./garden --json'],
    details:
      'It runs shut in, with an empty data folder, made-up secrets and no network; nothing of yours is touched. It exits 1 when a check fails.',
    run: testPlugin,
  },
];

import type { Noun } from './frontends/terminal/command.js';
import { pyraVersion } from './version.js';

/** Every noun of the command line: one row each, in the order of the help. A row's module is loaded when its noun is called. */
export const nouns: readonly Noun[] = [
  {
    noun: 'start',
    group: 'START',
    summary: 'chat; the first time setup',
    verbs: [],
    load: () => import('./frontends/terminal/start-command.js'),
  },
  {
    noun: 'memory',
    group: 'YOURS',
    summary: 'what Pyra knows about you',
    verbs: ['list', 'search', 'show', 'add', 'edit', 'trust', 'forget', 'export', 'import'],
    load: () => import('./frontends/terminal/memory-command.js'),
  },
  {
    noun: 'ask',
    group: 'START',
    summary: 'ask one question; the answer goes to stdout',
    verbs: [],
    load: () => import('./frontends/terminal/ask.js'),
  },
  {
    noun: 'chat',
    group: 'START',
    summary: 'talk with the assistant',
    verbs: [],
    load: () => import('./frontends/terminal/chat.js'),
  },
  {
    noun: 'setup',
    group: 'START',
    summary: 'choose provider, key and model',
    verbs: [],
    load: () => import('./frontends/terminal/setup-command.js'),
  },
  {
    noun: 'demo',
    group: 'START',
    summary: 'a tour with a scripted model, offline',
    verbs: [],
    load: () => import('./frontends/terminal/demo-command.js'),
  },
  {
    noun: 'session',
    group: 'YOURS',
    summary: 'stored conversations',
    verbs: ['list', 'search', 'show', 'resume', 'export', 'rm'],
    load: () => import('./frontends/terminal/session-command.js'),
  },
  {
    noun: 'vault',
    group: 'SECRETS',
    summary: 'keys and passwords, encrypted',
    verbs: ['init', 'set', 'get', 'list', 'rm', 'status', 'lock', 'unlock'],
    load: () => import('./frontends/terminal/vault-command.js'),
  },
  {
    noun: 'plugin',
    group: 'EXTEND',
    summary: 'what the assistant can do in the world',
    verbs: ['list', 'info', 'install', 'enable', 'disable', 'setup', 'update', 'remove', 'new', 'test'],
    load: () => import('./frontends/terminal/plugin-command.js'),
  },
  {
    noun: 'mcp',
    group: 'EXTEND',
    summary: 'servers of tools that others wrote',
    verbs: ['add', 'list', 'set', 'remove'],
    load: () => import('./frontends/terminal/mcp-command.js'),
  },
  {
    noun: 'model',
    group: 'EXTEND',
    summary: 'which model answers',
    verbs: ['list', 'use', 'test'],
    load: () => import('./frontends/terminal/model-command.js'),
  },
  {
    noun: 'tool',
    group: 'EXTEND',
    summary: 'what the model can call',
    verbs: ['list', 'call'],
    load: () => import('./frontends/terminal/tool-command.js'),
  },
  {
    noun: 'security',
    group: 'SAFETY',
    summary: 'what was logged, and whether it is whole',
    verbs: ['log'],
    load: () => import('./frontends/terminal/security-command.js'),
  },
  {
    noun: 'doctor',
    group: 'SAFETY',
    summary: 'what is wrong, and how to mend it',
    verbs: [],
    load: () => import('./frontends/terminal/doctor-command.js'),
  },
  {
    noun: 'config',
    group: 'MISC',
    summary: 'settings',
    verbs: ['get', 'set', 'edit', 'path'],
    load: () => import('./frontends/terminal/config-command.js'),
  },
  { noun: 'usage', group: 'MISC', summary: 'tokens and cost', verbs: [], load: () => import('./frontends/terminal/usage-command.js') },
  {
    noun: 'completion',
    group: 'MISC',
    summary: 'completion for your shell',
    verbs: ['bash', 'zsh', 'fish'],
    hidden: ['complete'],
    load: () => import('./frontends/terminal/completion-command.js'),
  },
  {
    noun: 'help',
    group: 'MISC',
    summary: 'explain a command or a topic',
    verbs: [],
    load: () => import('./frontends/terminal/help-command.js'),
  },
  { noun: 'version', group: 'MISC', summary: 'show the version', verbs: [], load: () => import('./frontends/terminal/version-command.js') },
];

// Node 24.0 and 24.1 do not know `import.meta.main`; there nothing but the launcher imports this file.
if (import.meta.main !== false) await main();

async function main(): Promise<void> {
  // The signal would open a debugging port that reads the memory of this process, secrets included.
  process.on('SIGUSR1', () => undefined);
  if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
    process.stdout.write(`pyra ${pyraVersion()}\n`);
    return;
  }
  enableCompileCache();
  const { runProcess } = await import('./frontends/terminal/run-process.js');
  await runProcess({
    nouns,
    version: pyraVersion(),
    openPyra: async ({ context, ephemeral, foundation, ...options }) => {
      const [{ createPyra }, { passphraseAsker }] = await Promise.all([
        import('./compose.js'),
        import('./frontends/terminal/ask-passphrase.js'),
      ]);
      const parts = {
        ...(ephemeral === true
          ? { conversations: new (await import('./adapters/in-memory/in-memory-conversation-store.js')).InMemoryConversationStore() }
          : {}),
        ...(foundation === undefined ? {} : { vault: (await foundation).vault }),
      };
      const pyra = await createPyra({ ...options, environment: context.env, askPassphrase: passphraseAsker(context), with: parts });
      for (const { message } of pyra.repaired) context.say(`pyra: ${message}`);
      return pyra;
    },
    openFoundation: async ({ context, home }) => {
      const [{ openFoundation }, { passphraseAsker }] = await Promise.all([
        import('./compose.js'),
        import('./frontends/terminal/ask-passphrase.js'),
      ]);
      return openFoundation({ home, environment: context.env, askPassphrase: passphraseAsker(context) });
    },
    terminal: () => import('./adapters/terminal/module.js'),
    parser: () => import('./frontends/terminal/parse-arguments.js'),
    prompter: () => import('./frontends/terminal/prompter.js'),
    help: () => import('./frontends/terminal/help.js'),
    nearest: () => import('./frontends/terminal/nearest.js'),
  });
}

/** Keeps V8's compiled code in the person's cache folder. Must run before the modules that it is to cache are loaded. */
function enableCompileCache(): void {
  const { XDG_CACHE_HOME: cache, HOME: home } = process.env;
  const folder = cache?.startsWith('/') ? cache : home?.startsWith('/') ? `${home}/.cache` : undefined;
  if (folder !== undefined) process.getBuiltinModule('node:module').enableCompileCache(`${folder}/pyra`);
}

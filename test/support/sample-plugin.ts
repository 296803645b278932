import { type InMemoryContext, InMemoryCrash, type InMemoryPlugin } from '../../src/adapters/in-memory/in-memory-open-plugin.js';
import { ToolFailure } from '../../src/plugin.js';

/** The sample plugin of the contract of hosts, as a module of a plugin's folder; its counterpart is {@link samplePlugin}. */
export const SAMPLE_SOURCE = `
import { definePlugin, ToolFailure } from 'pyra/plugin';

let count = 0;

export default definePlugin({
  tools: {
    echo: ({ text, from }) => (from === undefined ? text : { text, source: from }),
    refuse: () => { throw new ToolFailure('there is no such mail'); },
    break: () => { throw new TypeError('it is not a function'); },
    count: () => String(++count),
    crash: () => process.exit(3),
    deaf: () => new Promise(() => {}),
    polite: (args, { signal }) => new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
    large: ({ characters }) => 'x'.repeat(characters),
    secret: async ({ name }, { secrets }) => (await secrets.get(name)) ?? 'none',
    keep: async ({ name, value }, { secrets }) => { await secrets.set(name, value); return 'kept'; },
    settings: (args, { settings, accounts }) => JSON.stringify({ settings, accounts }),
    talk: (args, context) => { context.log('a line'); context.progress('half way'); return 'done'; },
  },
  previews: {
    echo: ({ text }) => 'it will say ' + text,
    refuse: () => { throw new ToolFailure('it cannot say'); },
  },
  check: (account, { accounts, progress }) => {
    progress('signing in');
    if (!Object.hasOwn(accounts, account)) throw new ToolFailure('there is no account ' + account);
    return 'signed in as ' + accounts[account].user;
  },
});
`;

/** The same as functions of this process; new at each call, as a process is. */
export function samplePlugin(): InMemoryPlugin {
  let count = 0;
  const text = (value: unknown): string => String(value);
  return {
    tools: {
      echo: ({ text: said, from }) => (from === undefined ? text(said) : { text: text(said), source: text(from) }),
      refuse: () => {
        throw new ToolFailure('there is no such mail');
      },
      break: () => {
        throw new TypeError('it is not a function');
      },
      count: () => {
        count += 1;
        return text(count);
      },
      crash: () => {
        throw new InMemoryCrash('the plugin ended with exit code 3; it may have had its effect');
      },
      deaf: () => new Promise(() => undefined),
      polite: (_args, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        }),
      large: ({ characters }) => 'x'.repeat(Number(characters)),
      secret: async ({ name }, { secrets }) => (await secrets.get(text(name))) ?? 'none',
      keep: async ({ name, value }, { secrets }) => {
        await secrets.set(text(name), text(value));
        return 'kept';
      },
      settings: (_args, { settings, accounts }) => JSON.stringify({ settings, accounts }),
      talk: (_args, context) => {
        context.log('a line');
        context.progress('half way');
        return 'done';
      },
    },
    previews: {
      echo: ({ text: said }) => `it will say ${text(said)}`,
      refuse: () => {
        throw new ToolFailure('it cannot say');
      },
    },
    check: (account: string, { accounts, progress }: InMemoryContext) => {
      progress('signing in');
      if (!Object.hasOwn(accounts, account)) throw new ToolFailure(`there is no account ${account}`);
      return `signed in as ${text(accounts[account]?.user)}`;
    },
  };
}

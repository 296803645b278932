import { OWN_COMMANDS } from '../../core/domain/manifest-commands.js';

/** The files of a new plugin by their names: a small list that is kept in the plugin's data folder, with a test that passes. */
export function pluginTemplate(name: string, types: string): Readonly<Record<string, string>> {
  return {
    'manifest.json': manifest(name),
    'plugin.ts': CODE,
    'plugin.test.ts': TEST,
    'README.md': readme(name),
    'package.json': `${JSON.stringify({ name: `pyra-plugin-${name}`, version: '0.1.0', private: true, type: 'module', scripts: { test: 'pyra plugin test' } }, undefined, 2)}\n`,
    'tsconfig.json': `${JSON.stringify(TSCONFIG, undefined, 2)}\n`,
    'pyra-plugin.d.ts': ambient(types),
  };
}

const TSCONFIG = {
  compilerOptions: {
    target: 'es2024',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  },
  include: ['*.ts'],
};

function manifest(name: string): string {
  const command = commandName(name);
  const item = { type: 'string', minLength: 1, maxLength: 200, description: 'The item, in a few words.' };
  return `${JSON.stringify(
    {
      api: 1,
      name,
      version: '0.1.0',
      description: 'Keeps a short list for you.',
      author: 'your name',
      entry: 'plugin.ts',
      tools: [
        {
          name: 'show',
          description: 'Shows the items of the list, numbered.',
          parameters: { type: 'object', properties: {}, additionalProperties: false },
          effect: 'read',
          approval: 'none',
        },
        {
          name: 'add',
          description: 'Adds an item to the end of the list.',
          parameters: { type: 'object', properties: { item }, required: ['item'], additionalProperties: false },
          effect: 'write',
          summary: 'add {item} to the list',
          preview: true,
        },
      ],
      ...(command === undefined ? {} : { commands: [{ name: command, summary: 'show the list', tool: 'show', arguments: {} }] }),
    },
    undefined,
    2,
  )}\n`;
}

/** The command in the chat, where the name makes one that is free: it has letters only. */
function commandName(name: string): string | undefined {
  const letters = name.replaceAll(/[^a-z]/g, '');
  return OWN_COMMANDS.includes(letters) ? undefined : letters;
}

const CODE = `import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { definePlugin, type PluginContext, ToolFailure } from 'pyra/plugin';

/** The most items that the list holds. */
const MOST = 100;

async function items({ dataDir }: PluginContext): Promise<readonly string[]> {
  try {
    return JSON.parse(await readFile(join(dataDir, 'list.json'), 'utf8'));
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return [];
    throw error;
  }
}

async function keep({ dataDir }: PluginContext, list: readonly string[]): Promise<void> {
  const file = join(dataDir, 'list.json');
  await writeFile(\`\${file}.new\`, JSON.stringify(list));
  await rename(\`\${file}.new\`, file);
}

function numbered(list: readonly string[]): string {
  if (list.length === 0) return 'The list is empty.';
  return list.map((item, index) => \`\${index + 1}. \${item}\`).join('\\n');
}

export default definePlugin({
  tools: {
    show: async (_: object, context) => {
      const list = await items(context);
      return list.length === 0 ? numbered(list) : { text: numbered(list), data: list };
    },
    add: async ({ item }: { item: string }, context) => {
      const list = await items(context);
      if (list.includes(item)) throw new ToolFailure(\`\${item} is on the list already\`);
      if (list.length >= MOST) throw new ToolFailure(\`the list is full: it holds \${MOST} items\`);
      await keep(context, [...list, item]);
      return \`Added as number \${list.length + 1}: \${item}\`;
    },
  },
  previews: {
    // Runs before you are asked, and changes nothing.
    add: async ({ item }: { item: string }, context) => numbered([...(await items(context)), \`\${item}  (new)\`]),
  },
});
`;

const TEST = `import { deepEqual, equal, rejects } from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { PluginContext } from 'pyra/plugin';
import plugin from './plugin.ts';

/** What Pyra gives to a handler, with an empty data folder. */
async function context(): Promise<PluginContext> {
  return {
    settings: {},
    accounts: {},
    secrets: { get: async () => undefined, set: async () => {} },
    dataDir: await mkdtemp(join(tmpdir(), 'data-')),
    log: () => {},
    progress: () => {},
    signal: new AbortController().signal,
  };
}

test('shows what was added, in order', async () => {
  const here = await context();
  equal(await plugin.tools.show?.({}, here), 'The list is empty.');
  await plugin.tools.add?.({ item: 'tea' }, here);
  await plugin.tools.add?.({ item: 'bread' }, here);
  deepEqual(await plugin.tools.show?.({}, here), { text: '1. tea\\n2. bread', data: ['tea', 'bread'] });
});

test('says so when an item is there already', async () => {
  const here = await context();
  await plugin.tools.add?.({ item: 'tea' }, here);
  await rejects(async () => plugin.tools.add?.({ item: 'tea' }, here), /tea is on the list already/);
});

test('a preview changes nothing', async () => {
  const here = await context();
  equal(await plugin.previews?.add?.({ item: 'tea' }, here), '1. tea  (new)');
  equal(await plugin.tools.show?.({}, here), 'The list is empty.');
});
`;

function readme(name: string): string {
  const command = commandName(name);
  return `# ${name}

A plugin for Pyra. It keeps a short list for you.

| tool | what it does |
| --- | --- |
| \`${name}.show\` | shows the list; runs without asking |
| \`${name}.add\` | adds an item; asks each time |

${command === undefined ? '' : `\`/${command}\` in the chat shows the list.`}

    pyra plugin test .
    pyra plugin install . --yes
    pyra plugin enable ${name}
    pyra tool call ${name}.show

\`pyra-plugin.d.ts\` tells your editor the types of \`pyra/plugin\`. For those of Node, install \`@types/node\` in a folder above this one:
a plugin's own folder must not hold \`node_modules\`.
`;
}

/** The declarations of \`pyra/plugin\` as an ambient module, which needs no package to be found. */
function ambient(types: string): string {
  const body = types
    .replaceAll(/^export declare /gm, 'export ')
    .replaceAll(/^\/\/# sourceMappingURL=.*\n?/gm, '')
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
  return `// The types of pyra/plugin, as this version of Pyra has them. Nothing of this file runs.\ndeclare module 'pyra/plugin' {\n${body}\n}\n`;
}

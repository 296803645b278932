import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../adapters/support/remove-tree.js';
import type { JsonValue } from '../../core/domain/json.js';
import type { PluginAnswers, PluginSettings } from '../../core/domain/plugin.js';
import { MAIN_ACCOUNT, type PluginManifest, type SetupQuestion } from '../../core/domain/plugin-manifest.js';
import { Secret } from '../../core/domain/secret.js';

/** A copy of a plugin to try in a home of its own; it declares no reach, so that a test can neither send nor touch anything. */
export interface Trial {
  readonly folder: string;
  /** Made-up secrets by the plugin's own names for them. */
  readonly canaries: ReadonlyMap<string, Secret>;
  readonly settings: PluginSettings;
}

/** Does something with a temporary folder, which is gone afterwards. */
export async function* withTemporaryFolder<T>(use: (root: string) => AsyncGenerator<T>): AsyncGenerator<T> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'pyra-plugin-trial-')));
  try {
    yield* use(root);
  } finally {
    await removeTree(root, `${root}.gone`);
  }
}

/** Copies a plugin's folder, but for what is not installed either, below `root`, with the permissions taken out of its manifest. */
export async function makeTrial(root: string, folder: string, manifest: PluginManifest): Promise<Trial> {
  const copy = join(root, 'plugin');
  await mkdir(copy);
  await cp(folder, copy, { recursive: true, filter: (path) => !/[\\/](?:node_modules|\.git)(?:[\\/]|$)/.test(path.slice(folder.length)) });
  const path = join(copy, 'manifest.json');
  const { permissions: _, ...rest } = JSON.parse(await readFile(path, 'utf8')) as Record<string, JsonValue>;
  await writeFile(path, JSON.stringify(rest));
  return {
    folder: copy,
    canaries: new Map(manifest.secrets.map((name) => [name.replace('*', MAIN_ACCOUNT), canary()])),
    settings: { [MAIN_ACCOUNT]: madeUpAnswers(manifest.setup) } as PluginSettings,
  };
}

/** A value that occurs nowhere by chance. */
function canary(): Secret {
  return new Secret(`canary-${randomBytes(12).toString('hex')}`);
}

/** Answers of the right kinds that lead nowhere. */
function madeUpAnswers(questions: readonly SetupQuestion[]): PluginAnswers {
  return Object.fromEntries(
    questions.filter(({ kind }) => kind !== 'secret' && kind !== 'file').map((question) => [question.key, madeUpAnswer(question)]),
  );
}

function madeUpAnswer({ kind, choices, default: initial }: SetupQuestion): JsonValue {
  switch (kind) {
    case 'port':
      return Number(initial ?? 443);
    case 'boolean':
      return initial === 'true';
    case 'url':
      return initial ?? 'https://plugin-test.invalid/';
    case 'choice':
      return initial ?? choices?.[0] ?? '';
    default:
      return initial ?? 'plugin-test.invalid';
  }
}

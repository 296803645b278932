import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { inputsOf } from './bundle.mjs';

/**
 * What every plugin is bundled with. CommonJS, since an ES module that imports `node:http` loads undici at every start; short lines, since
 * Node prints the whole line of a crash.
 */
const OPTIONS = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node24',
  minify: true,
  keepNames: true,
  lineLimit: 160,
  legalComments: 'none',
  // Native parts of a package are optional wherever a plugin may have one; none is allowed to load.
  loader: { '.node': 'empty' },
  metafile: true,
  logLevel: 'warning',
};

/**
 * Bundles the runtime that every plugin's process starts with, the proxy of MCP servers, and the plugins that Pyra brings, into the `dist`
 * of a project; gives the paths of the files that they are made of.
 */
export async function bundlePlugins(root) {
  const files = [...(await bundleRuntime(root)), ...(await bundleProxy(root))];
  for (const name of await pluginNames(root)) files.push(...(await bundlePlugin(root, name)));
  return files;
}

/** Bundles the runtime alone; gives the paths of the files that it is made of. */
export function bundleRuntime(root) {
  return bundled(root, 'src/adapters/plugins/child-main.ts', 'dist/plugin-child.cjs');
}

/** Bundles the proxy that MCP servers with granted hosts run behind; gives the paths of the files that it is made of. */
export function bundleProxy(root) {
  return bundled(root, 'src/adapters/mcp/proxy-main.ts', 'dist/mcp-proxy.cjs');
}

async function bundled(root, entry, outfile) {
  const alias = { 'pyra/plugin': join(root, 'src/plugin.ts') };
  const { metafile } = await build({ ...OPTIONS, absWorkingDir: root, entryPoints: [entry], outfile, alias });
  await escapeLetters(join(root, outfile));
  return inputsOf(metafile);
}

/**
 * Escapes the letters that are not ASCII, of which esbuild leaves those in regular expressions: a single one makes V8 keep the whole text with
 * two bytes a letter and read it in twice the time.
 */
async function escapeLetters(path) {
  const text = await readFile(path, 'utf8');
  const escaped = text.replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (escaped !== text) await writeFile(path, escaped);
}

/** Bundles one of the plugins that Pyra brings; gives the paths of the files that it is made of. */
export async function bundlePlugin(root, name) {
  const from = join(root, 'plugins', name);
  const to = join(root, 'dist', 'plugins', name);
  const manifest = JSON.parse(await readFile(join(from, 'manifest.json'), 'utf8'));
  await mkdir(to, { recursive: true });
  const files = await bundled(root, join('plugins', name, manifest.entry), join('dist', 'plugins', name, 'plugin.cjs'));
  await writeFile(join(to, 'manifest.json'), `${JSON.stringify({ ...manifest, entry: 'plugin.cjs' }, undefined, 2)}\n`);
  await copyFile(join(from, 'README.md'), join(to, 'README.md'));
  return files;
}

/** The folders under `plugins` that hold a manifest, sorted. */
async function pluginNames(root) {
  const entries = await readdir(join(root, 'plugins'), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'plugins', entry.name, 'manifest.json')))
    .map((entry) => entry.name)
    .sort();
}

// Bundles Pyra into dist/ with esbuild: plain modules start six times slower. `--prepare` is for npm's prepare script, which also
// runs where the development packages are absent (`npm ci --omit=dev`); there is nothing to build with then.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

if (process.argv.includes('--prepare')) {
  for (const needed of ['esbuild', 'typescript/package.json']) {
    try {
      require.resolve(needed);
    } catch {
      console.error(`pyra: not built: ${needed.split('/')[0]} is not installed (development packages were left out)`);
      process.exit(0);
    }
  }
}

const { bundle } = await import('./bundle.mjs');
const { bundlePlugins } = await import('./bundle-plugins.mjs');
const { writeLicenses } = await import('./licenses.mjs');
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

await removeStale();
await compileTypes();
await rm(join(root, 'dist'), { recursive: true, force: true });
const files = await bundle(root, version);
await copyDeclarations(['index.d.ts', 'plugin.d.ts']);
files.push(...(await bundlePlugins(root)));
await writeLicenses(root, new Set(files), join(root, 'dist', 'THIRD-PARTY-LICENSES.txt'));

/** Removes what was compiled from sources that no longer exist: a deleted test would be run from there for ever. */
async function removeStale() {
  const build = join(root, 'build');
  for (const name of await readdir(build, { recursive: true }).catch(() => [])) {
    const source = name.replace(/(\.d\.ts|\.js|\.js\.map)$/, '.ts');
    if (source !== name && !existsSync(join(root, source))) await rm(join(build, name), { force: true });
  }
}

async function compileTypes() {
  const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-b', root], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** Copies the declaration files that the library entries reach, so that a stranger's project type-checks against them. */
async function copyDeclarations(entries) {
  const from = join(root, 'build', 'src');
  const pending = entries.map((entry) => join(from, entry));
  const seen = new Set(pending);
  for (const file of pending) {
    const text = await readFile(file, 'utf8');
    const target = join(root, 'dist', 'types', relative(from, file));
    await mkdir(dirname(target), { recursive: true });
    // What a module loads for its effects is no type; the packages among them are inside the bundle, so a stranger has none of them.
    await writeFile(target, text.replace(/^import '[^']+';\n/gm, ''));
    for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)) {
      const next = resolve(dirname(file), specifier.replace(/\.js$/, '.d.ts'));
      if (!seen.has(next)) {
        seen.add(next);
        pending.push(next);
      }
    }
  }
}

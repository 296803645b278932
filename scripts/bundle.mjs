import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build } from 'esbuild';

/**
 * esbuild makes a chunk for every set of entries that share a module: some seventy small ones for a single `ask`, and each costs a start about
 * half a millisecond. So what a start loads anyway is tied together: every module that is loaded later imports it once more, and then it lies in
 * one chunk for all of them.
 */
const LOADED_FIRST = ['src/frontends/terminal/run-process.ts', 'src/frontends/terminal/parse-arguments.ts'];
const LOADED_WITH_PYRA = 'src/compose.ts';
const LOADED_TO_ASK = ['src/frontends/terminal/ask.ts', 'src/frontends/terminal/ask-passphrase.ts'];
/** These must start quickly and need no Pyra. */
const LIGHT = ['help', 'help-command', 'version-command', 'completion-command', 'nearest'].map(
  (name) => `src/frontends/terminal/${name}.ts`,
);

/** Bundles Pyra into the `dist` of a project; gives the paths of the files that it is made of. */
export async function bundle(root, version) {
  const options = bundleOptions(root, version);
  const { metafile } = await build({ ...options, write: false, metafile: true, minify: false, sourcemap: false });
  const { metafile: bundled } = await build({
    ...options,
    metafile: true,
    plugins: [...options.plugins, tie(root, tiesOf(metafile.inputs))],
  });
  return inputsOf(bundled);
}

/** The paths of the files that something of is left in what esbuild wrote. */
export function inputsOf({ outputs }) {
  const used = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0));
  return used.map(([path]) => path);
}

/** For each of our modules that is loaded when it is needed, the modules that are in memory by then. */
function tiesOf(inputs) {
  const closure = (entries) => {
    const reached = new Set(entries);
    for (const path of reached) {
      for (const { path: next, kind } of inputs[path].imports) if (kind === 'import-statement' && next in inputs) reached.add(next);
    }
    return reached;
  };
  const imported = Object.values(inputs).flatMap(({ imports }) => imports.filter(({ kind }) => kind === 'dynamic-import'));
  const later = new Set(imported.map(({ path }) => path).filter((path) => path.startsWith('src/')));
  const first = closure(LOADED_FIRST);
  const pyra = closure([LOADED_WITH_PYRA]);
  const ties = new Map();
  for (const path of later) {
    const frontEnd = path.startsWith('src/frontends/');
    const before = [];
    if (frontEnd) before.push(...LOADED_FIRST);
    if (!first.has(path) && !LIGHT.includes(path)) {
      if (!pyra.has(path)) before.push(LOADED_WITH_PYRA);
      if (frontEnd) before.push(...LOADED_TO_ASK);
    }
    ties.set(
      path,
      before.filter((name) => name !== path),
    );
  }
  return ties;
}

function tie(root, ties) {
  return {
    name: 'tie',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
        const before = ties.get(relative(root, path));
        if (before === undefined) return undefined;
        const lines = before.map((name) => `import ${JSON.stringify(join(root, name))};`);
        return { contents: `${await readFile(path, 'utf8')}\n${lines.join('\n')}\n`, loader: 'ts' };
      }),
  };
}

/** The MCP SDK's client loads a compiler of JSON schemas by default, which Pyra never lets near what servers send: it is left out. */
function withoutSchemaCompiler() {
  const stub = "export class AjvJsonSchemaValidator { getValidator() { throw new Error('schemas of servers are not compiled'); } }";
  return {
    name: 'without-schema-compiler',
    setup: ({ onLoad }) =>
      onLoad({ filter: /@modelcontextprotocol\/sdk\/dist\/esm\/validation\/ajv-provider\.js$/ }, () => ({ contents: stub, loader: 'js' })),
  };
}

function bundleOptions(root, version) {
  return {
    absWorkingDir: root,
    entryPoints: ['src/main.ts', 'src/index.ts', 'src/agent.ts', 'src/plugin.ts'],
    outdir: 'dist',
    outbase: 'src',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minify: true,
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    // CommonJS packages inside an ES module bundle call require() for built-in modules. Made when first called: `import 'node:module'` in
    // every chunk would cost each start some milliseconds.
    banner: { js: "const require=name=>process.getBuiltinModule('node:module').createRequire(import.meta.url)(name);" },
    // It starts programs that lie beside its own files.
    external: ['clipboardy'],
    // Its CommonJS build pulls in the whole of libphonenumber (498 kB against 13 kB).
    alias: { 'class-validator': join(root, 'node_modules/class-validator/esm2015/index.js') },
    plugins: [withoutSchemaCompiler()],
    define: { PYRA_VERSION: JSON.stringify(version) },
    logLevel: 'warning',
  };
}

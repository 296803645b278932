import { builtinModules, stripTypeScriptTypes } from 'node:module';
import { posix } from 'node:path';
import type { PluginFileContent } from './plugin-files.js';

/** The files of a plugin as plain JavaScript, and what stands in the way. */
export interface PlainFiles {
  readonly files: readonly PluginFileContent[];
  /** The module with the handlers under its new name. */
  readonly entry: string;
  /** One sentence each, the file first. */
  readonly faults: readonly string[];
}

const TYPESCRIPT = /\.(m?)ts$/;
/** What follows `from`, `import` or `import(`, in quotes. */
const SPECIFIER = /(\bfrom\s*|\bimport\s*\(?\s*)(["'])([^"'\n]+)\2/g;
const SDK = 'pyra/plugin';

/**
 * A plugin in TypeScript as JavaScript modules: types replaced by spaces, so that lines and columns in errors stay; `.ts` renamed to `.mjs`,
 * in imports too; declarations left out. A package that is imported is a fault: there is no `node_modules` where the plugin runs.
 */
export function plainJavaScript(files: readonly PluginFileContent[], entry: string): PlainFiles {
  const sources = new Set(files.map(({ path }) => path).filter((path) => TYPESCRIPT.test(path) && !path.endsWith('.d.ts')));
  const others = files.filter(({ path }) => !TYPESCRIPT.test(path));
  const faults: string[] = [];
  const stripped = files
    .filter(({ path }) => sources.has(path))
    .map(({ path, content }) => {
      const target = renamed(path);
      if (others.some((other) => other.path === target)) faults.push(`${path}: there is a ${posix.basename(target)} beside it already`);
      const code = codeOf(path, content, faults);
      return { path: target, content: Buffer.from(withSpecifiers(path, code, sources, faults)) };
    });
  return { files: [...others, ...stripped], entry: renamed(entry), faults };
}

function renamed(path: string): string {
  return path.replace(TYPESCRIPT, '.mjs');
}

function codeOf(path: string, content: Uint8Array, faults: string[]): string {
  try {
    return quietly(() => stripTypeScriptTypes(Buffer.from(content).toString('utf8'), { mode: 'strip' }));
  } catch (error) {
    faults.push(`${path}: ${(error as Error).message.split('\n')[0]}`);
    return '';
  }
}

function withSpecifiers(path: string, code: string, sources: ReadonlySet<string>, faults: string[]): string {
  return code.replace(SPECIFIER, (whole, before: string, quote: string, specifier: string) => {
    if (specifier.startsWith('./') || specifier.startsWith('../')) {
      const target = sourceOf(posix.join(posix.dirname(path), specifier), sources);
      if (target === undefined) return whole;
      const relative = posix.relative(posix.dirname(path), renamed(target));
      return `${before}${quote}${relative.startsWith('.') ? relative : `./${relative}`}${quote}`;
    }
    if (specifier !== SDK && isPackage(specifier) && isStatement(before)) {
      faults.push(`${path}: imports the package ${specifier}; bundle what it needs into one file and name that as entry`);
    }
    return whole;
  });
}

/** The source that a relative import means: written as `.ts`, as the `.js` that it would become, or without an ending. */
function sourceOf(path: string, sources: ReadonlySet<string>): string | undefined {
  return [path, path.replace(/\.(m?)js$/, '.$1ts'), `${path}.ts`].find((candidate) => sources.has(candidate));
}

function isPackage(specifier: string): boolean {
  return /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*(?:\/[\w./~-]+)?$/i.test(specifier) && !builtinModules.includes(specifier);
}

/** Prose in a text has words before its quotes as well, but rarely those of a statement. */
function isStatement(before: string): boolean {
  return /^(?:from|import)\b/.test(before);
}

/** Runs something without the warning that a part of Node is experimental: the person cannot do anything about it. */
function quietly<T>(run: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return run();
  } finally {
    process.emitWarning = emitWarning;
  }
}

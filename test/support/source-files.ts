import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

/** One import of a source file. */
export interface Import {
  /** A path relative to `src/` with its `.ts`, or the name of a package or built-in module as written. */
  readonly target: string;
  /** Whether nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

/** A TypeScript file of `src/`, as far as rules about the structure care. */
export interface SourceFile {
  /** Relative to `src/`, or to the folder that was looked at, with forward slashes. */
  readonly path: string;
  readonly lines: number;
  /** The text without comments; strings stay. */
  readonly code: string;
  readonly imports: readonly Import[];
}

/** Every TypeScript file of `src/`, or of another folder of the project, sorted; paths are relative to that folder. */
export function sourceFiles(folder = 'src'): readonly SourceFile[] {
  const root = join(PROJECT, folder);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const code = withoutComments(text);
      return { path, lines: text.trimEnd().split('\n').length, code, imports: importsOf(path, code) };
    });
}

/** Cuts comments out of TypeScript, without taking `//` inside a string for one. */
export function withoutComments(text: string): string {
  const tokens = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
  return text.replace(tokens, (token) => (token.startsWith('/') ? '' : token));
}

/** The static imports and re-exports of a file's code, targets resolved. */
export function importsOf(path: string, code: string): readonly Import[] {
  return [...code.matchAll(/^(?:import|export)\b([^;'"`]*?\bfrom)?\s*['"]([^'"]+)['"]/gm)].map(([, clause = '', specifier = '']) => ({
    target: specifier.startsWith('.') ? join(dirname(path), specifier).split(sep).join('/').replace(/\.js$/, '.ts') : specifier,
    typeOnly: isTypeOnly(clause),
  }));
}

function isTypeOnly(clause: string): boolean {
  if (/^\s*type\b/.test(clause)) return true;
  const names = /^\s*\{([^}]*)\}\s*from$/
    .exec(clause)?.[1]
    ?.split(',')
    .filter((name) => name.trim() !== '');
  return names?.every((name) => /^\s*type\s/.test(name)) ?? false;
}

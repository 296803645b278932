import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const source = join(root, 'src');

/** Every TypeScript file below a folder of src/, as a path relative to src/. */
function sources(folder = ''): readonly string[] {
  return readdirSync(join(source, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(source, join(entry.parentPath, entry.name)));
}

/** The text of a source file without its comments. */
function code(file: string): string {
  const tokens = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
  return readFileSync(join(source, file), 'utf8').replace(tokens, (token) => (token.startsWith('/') ? '' : token));
}

/** The module specifiers that a source file imports statically. */
function importsOf(file: string): readonly string[] {
  return [...code(file).matchAll(/^(?:import|export)\b(?:[^;'"`]*?\bfrom)?\s*['"]([^'"]+)['"]/gm)].map((match) => match[1] ?? '');
}

describe('architecture', () => {
  it('keeps the core free of everything but the core and the ports', () => {
    const files = sources('core');
    expect(files).not.to.be.empty;
    for (const file of files) for (const specifier of importsOf(file)) expect(specifier, file).to.match(/^\.\.?\//);
  });

  it('has no file of more than 400 lines', () => {
    for (const file of sources()) expect(readFileSync(join(source, file), 'utf8').split('\n').length, file).to.be.at.most(401);
  });
});

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Import, importsOf, PROJECT, type SourceFile, sourceFiles, withoutComments } from '../support/source-files.js';

/** One row of the dependency table: which files it is about, and what they may import. */
interface Row {
  readonly layer: string;
  readonly files: RegExp;
  readonly allows: (target: string, file: SourceFile, typeOnly: boolean) => boolean;
}

const isPackage = (target: string): boolean => !target.startsWith('node:') && !target.endsWith('.ts') && !target.startsWith('..');
const isBuiltin = (target: string): boolean => target.startsWith('node:');
const folderOf = (path: string): string => path.split('/').slice(0, 2).join('/');
const isModule = (file: SourceFile): boolean => file.path.endsWith('/module.ts');

const ROWS: readonly Row[] = [
  { layer: 'core/domain', files: /^core\/domain\//, allows: (target) => target.startsWith('core/domain/') },
  { layer: 'ports', files: /^ports\//, allows: (target, _file, typeOnly) => typeOnly && /^(core\/domain|ports)\//.test(target) },
  { layer: 'core/usecases', files: /^core\/usecases\//, allows: (target) => /^(core|ports)\//.test(target) },
  {
    layer: 'adapters/X',
    files: /^adapters\//,
    allows: (target, file) => {
      if (/^(core\/domain|ports|adapters\/support)\//.test(target) || isBuiltin(target)) return true;
      if (target.startsWith(`${folderOf(file.path)}/`)) return true;
      if (target === 'inversify' || target === 'tokens.ts') return isModule(file);
      return isPackage(target);
    },
  },
  {
    layer: 'frontends/X',
    files: /^frontends\//,
    allows: (target, file, typeOnly) => {
      if (target === 'inversify') return false;
      if (target.startsWith('ports/')) return typeOnly;
      if (/^(core|adapters\/support)\//.test(target) || isBuiltin(target)) return true;
      return target.startsWith(`${folderOf(file.path)}/`) || isPackage(target);
    },
  },
  { layer: 'src/*.ts', files: /^(main|index|agent|compose|tokens|version)\.ts$/, allows: () => true },
  { layer: 'src/plugin.ts', files: /^plugin\.ts$/, allows: () => false },
];

/** Folders and files with a rule of their own that belong to later parts; each needs its row when it appears. */
const NOT_YET_PRESENT: readonly string[] = [];

/** Packages that exactly one place may know, so that they can be replaced and their faults are handled once. */
const OWNERS: readonly (readonly [name: string, files: RegExp])[] = [
  ['inversify', /^(compose|tokens)\.ts$|\/module\.ts$/],
  ['reflect-metadata', /^compose\.ts$/],
  ['class-validator', /^adapters\/settings\//],
  ['openai', /^adapters\/openai\//],
  ['age-encryption', /^adapters\/age\//],
  ['cac', /^frontends\/terminal\/parse-arguments\.ts$/],
  ['@bomb.sh/tab', /^frontends\/terminal\/completion-command\.ts$/],
  ['prompts', /^frontends\/terminal\/prompter\.ts$/],
  ['kleur', /^adapters\/support\/terminal\/paint\.ts$/],
];

const DYNAMIC_IMPORT = /^main\.ts$|\/module\.ts$|^adapters\/plugins\/child-main\.ts$/;
const files = sourceFiles();

describe('architecture', () => {
  for (const row of ROWS) {
    it(`lets ${row.layer} import only what its row of the dependency table allows`, () => {
      const members = files.filter((file) => row.files.test(file.path));
      expect(members, 'files that the row matches').not.to.be.empty;
      const wrong = members.flatMap((file) =>
        file.imports.filter((item) => !row.allows(item.target, file, item.typeOnly)).map((item) => `${file.path} imports ${item.target}`),
      );
      expect(wrong).to.deep.equal([]);
    });
  }

  it('has a row for every file', () => {
    const strays = files.filter((file) => !file.path.endsWith('.d.ts') && !ROWS.some((row) => row.files.test(file.path)));
    expect(strays.map((file) => file.path)).to.deep.equal([]);
    expect(NOT_YET_PRESENT.filter((folder) => existsSync(join(PROJECT, folder)))).to.deep.equal([]);
  });

  it('keeps run-time code out of the ports', () => {
    const code = files.filter((file) => file.path.startsWith('ports/') && /^export\s+(?!interface\b|type\b)/m.test(file.code));
    expect(code.map((file) => file.path)).to.deep.equal([]);
  });

  it('knows each vendor package in one place only', () => {
    const wrong = files.flatMap((file) =>
      OWNERS.filter(([name, owner]) => !owner.test(file.path) && file.imports.some(({ target }) => packageOf(target) === name)).map(
        ([name]) => `${file.path} imports ${name}`,
      ),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('imports dynamically only in main.ts, in modules and in the plugin child', () => {
    const dynamic = files.filter((file) => /\bimport\s*\(/.test(file.code));
    expect(dynamic).not.to.be.empty;
    expect(dynamic.map((file) => file.path).filter((path) => !DYNAMIC_IMPORT.test(path))).to.deep.equal([]);
  });

  it('does not import node:http or node:https, which load undici at start; process.getBuiltinModule does not', () => {
    const slow = files.filter((file) => file.imports.some(({ target, typeOnly }) => /^(node:)?https?$/.test(target) && !typeOnly));
    expect(slow.map((file) => file.path)).to.deep.equal([]);
  });

  it('uses decorators only in adapters/settings', () => {
    const decorated = files.filter((file) => /^\s*@[A-Za-z]\w*(\(|\s*$)/m.test(file.code));
    expect(decorated.map((file) => file.path).filter((path) => !path.startsWith('adapters/settings/'))).to.deep.equal([]);
  });

  it('has no file of more than 400 lines', () => {
    expect(files.filter((file) => file.lines > 400).map((file) => `${file.path}: ${file.lines}`)).to.deep.equal([]);
  });

  it('has no barrels: only the library entry re-exports', () => {
    const barrels = files.filter(
      (file) => file.path !== 'index.ts' && /^export\s+(type\s+)?(\*|\{[^}]*\})[^;\n]*\bfrom\b/m.test(file.code),
    );
    expect(barrels.map((file) => file.path)).to.deep.equal([]);
  });

  it('names files in kebab-case and after what they hold', () => {
    const named = files.filter(({ path }) => {
      const name = path.split('/').at(-1) ?? '';
      return !/^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.ts$/.test(name) || /(^|-)(utils?|helpers?|types|common|manager|service|misc)\.ts$/.test(name);
    });
    expect(named.map((file) => file.path)).to.deep.equal([]);
  });

  it('has no top-level folder in src that the table does not know', () => {
    const folders = readdirSync(join(PROJECT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((entry) => entry.name).sort()).to.deep.equal(['adapters', 'core', 'frontends', 'ports']);
  });
});

describe('the plugins that Pyra brings', () => {
  const code = sourceFiles('plugins').filter(({ path }) => !path.endsWith('.test.ts'));
  const packagesOfTests = new Set(['chai', 'sinon', 'fast-check', 'mocha']);

  it('are there', () => {
    expect([...new Set(code.map(({ path }) => path.split('/')[0]))]).to.include.members(['email', 'nextcloud']);
  });

  it('know nothing of Pyra but pyra/plugin, and nothing of one another', () => {
    const strays = code.flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => !target.startsWith(`${path.split('/')[0]}/`) && target !== 'pyra/plugin')
        .filter(
          ({ target }) => target.startsWith('..') || target.endsWith('.ts') || packageOf(target) === 'pyra' || packagesOfTests.has(target),
        )
        .map(({ target }) => `${path} imports ${target}`),
    );
    expect(strays).to.deep.equal([]);
  });

  it('are not known by Pyra: no package of theirs is imported in src', () => {
    const theirs = new Set(code.flatMap(({ imports }) => imports.map(({ target }) => packageOf(target))).filter((name) => name !== 'pyra'));
    expect([...theirs]).to.include.members(['imapflow', 'nodemailer', 'tsdav', 'webdav', 'ical.js']);
    const shared = files.flatMap(({ path, imports }) =>
      imports.filter(({ target }) => isPackage(target) && theirs.has(packageOf(target))).map(({ target }) => `${path} imports ${target}`),
    );
    expect(shared).to.deep.equal([]);
  });

  it('keep in both what guards both: a plugin stands alone, so the file is there twice, and mended twice', () => {
    const [email, nextcloud] = ['email', 'nextcloud'].map((name) => code.find(({ path }) => path === `${name}/usual-zone.ts`));
    expect(email?.code).to.be.a('string').and.equal(nextcloud?.code);
  });

  it('have no file of more than 400 lines', () => {
    expect(code.filter(({ lines }) => lines > 400).map(({ path, lines }) => `${path}: ${lines}`)).to.deep.equal([]);
  });
});

describe('the compiler settings of the core', () => {
  const poison = [
    "import { readFileSync } from 'node:fs';",
    'export const a = process.exit;',
    'export const b = setTimeout;',
    'export const c = console;',
    'export const d = crypto;',
    'export const e = fetch;',
    'export const f = Buffer;',
    'export const g = new AbortController();',
    'export enum H { One }',
    `export { createPaint } from '${PROJECT}src/adapters/support/terminal/paint.js';`,
    'export const i: AbortSignal | undefined = undefined;',
  ];

  it('refuse platform globals, built-in modules, enums and adapters, and know AbortSignal', function () {
    this.timeout(30_000);
    const folder = mkdtempSync(join(tmpdir(), 'pyra-purity-'));
    try {
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      writeFileSync(join(folder, 'poison.ts'), `${poison.join('\n')}\n`);
      const settings = {
        extends: join(PROJECT, 'src/core/tsconfig.json'),
        compilerOptions: { rootDir: '/', outDir: folder, tsBuildInfoFile: join(folder, 'tsbuildinfo') },
        include: [],
        files: ['poison.ts', join(PROJECT, 'src/core/platform.d.ts')],
      };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
      const compiler = join(PROJECT, 'node_modules/typescript/bin/tsc');
      const { stdout } = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], { encoding: 'utf8' });
      const refused = new Set([...stdout.matchAll(/poison\.ts\((\d+),/g)].map(([, line]) => Number(line)));
      expect([...refused].sort((left, right) => left - right)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the reader of the architecture test', () => {
  const read = (code: string): readonly Import[] => importsOf('frontends/terminal/x.ts', withoutComments(code));

  it('finds imports over several lines, re-exports and bare imports, and no words of comments', () => {
    const code =
      "// import 'a';\n/* import 'b'; */\nimport {\n  c,\n} from 'c';\nimport 'd';\nexport { e } from './e.js';\nconst f = \"// import 'f'\";\n";
    expect(read(code).map(({ target }) => target)).to.deep.equal(['c', 'd', 'frontends/terminal/e.ts']);
  });

  it('tells types from values', () => {
    const code =
      "import type { a } from 'a';\nimport { type b, type c } from 'b';\nimport { type d, e } from 'c';\nimport 'd';\nimport f from 'e';\n";
    expect(read(code).map(({ typeOnly }) => typeOnly)).to.deep.equal([true, true, false, false, false]);
  });
});

function packageOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}

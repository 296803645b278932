import { existsSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, sep } from 'node:path';
import { findServerProgram } from '../../adapters/support/sandbox/find-server-program.js';
import { projectOf } from '../../adapters/support/sandbox/project-of.js';
import { PyraError } from '../../core/domain/errors.js';
import { secretArguments } from '../../core/domain/mcp-reach.js';
import { isSecretLike } from '../../core/domain/secret-like.js';
import { attachmentPath } from './attachment-path.js';
import type { CommandContext } from './command.js';
import { visibleLine } from './visible-line.js';

/** A program with its arguments, as the person means it. */
export interface GivenProgram {
  readonly command: string;
  readonly args: readonly string[];
}

const SCRIPT = /\.(?:[cm]?[jt]s|py|rb|pl|php|sh)$/;

/** What stands behind `--`, with the program by its absolute path: the one that the person's own shell would start. Throws `usage`, `not-found`. */
export function givenProgram({ env, cwd }: Pick<CommandContext, 'env' | 'cwd'>, line: readonly string[], server: string): GivenProgram {
  const [word = '', ...args] = line;
  const command = word === '' || word.includes('\0') ? undefined : findServerProgram(word, cwd, env.PATH ?? '', homedir());
  if (command === undefined) throw absent(word, args, cwd);
  const [secret] = secretArguments(args);
  if (secret !== undefined) {
    throw new PyraError(
      'usage',
      `argument ${secret + 1} of the command looks like a secret: it would stand in config.yaml, and everybody on this machine could read it in the list of processes`,
      {
        hint: `servers take it from a variable too: pyra vault set ${server}-key, then --env VARIABLE=secret:${server}-key (its manual names the variable)`,
      },
    );
  }
  return { command, args };
}

/** Sentences on arguments that will not mean to the server what the person means: paths that it does not see, paths from another folder. */
export function pathNotes(
  { args }: GivenProgram,
  { granted, cwd, confined }: { readonly granted: readonly string[]; readonly cwd: string; readonly confined: boolean },
): readonly string[] {
  return args.flatMap((arg) => {
    const path = arg.startsWith('-') ? (/^--?[\w-]+=(.+)$/.exec(arg)?.[1] ?? '') : arg;
    const shown = visibleLine(path);
    if (isRelativePath(path, cwd)) {
      return [`${shown} is looked for in the server's own folder, since it starts there: write ${visibleLine(attachmentPath(path, cwd))}`];
    }
    if (
      !confined ||
      !isAbsolute(path) ||
      !existsSync(path) ||
      isOfSystem(path) ||
      granted.some((folder) => isWithin(folder, realpathSync(path)))
    )
      return [];
    const folder = folderToGrant(path);
    return [`it will not see ${shown}: add --read ${visibleLine(folder)}, or --write to let it change things there`];
  });
}

/** Why there is no such program, and what was probably meant. */
function absent(word: string, args: readonly string[], cwd: string): PyraError {
  if (word === '') return new PyraError('usage', 'what stands behind -- is empty', { hint: 'pyra mcp add NAME -- COMMAND ARG…' });
  if (/^[A-Za-z_][A-Za-z0-9_]*=/.test(word)) {
    return new PyraError('usage', 'a variable in front of the command needs a shell, and none is used', {
      hint: 'give it before the --: --env KEY=VALUE, or --env KEY=secret:NAME',
    });
  }
  if (args.length === 0 && /\s/.test(word.trim())) {
    return new PyraError('usage', 'the whole command stands in one pair of quotes, and no shell takes it apart', {
      hint: isSecretLike(word)
        ? 'write it without the quotes: -- COMMAND ARG…'
        : `write it without the quotes: -- ${visibleLine(word.trim())}`,
    });
  }
  // A pasted text in the place of a program is not repeated.
  const shown = /^[\w./@~+-]{1,80}$/.test(word) ? word : 'of that name';
  if (existsSync(attachmentPath(word, cwd)) && /[/.]/.test(word)) {
    return new PyraError('usage', `${shown} is no program that can be started`, {
      hint: `name what runs it: -- python3 ${visibleLine(attachmentPath(word, cwd))}, or make it a program: chmod +x`,
    });
  }
  return new PyraError('not-found', `there is no program ${shown}`, {
    hint: 'is it installed? its whole path works too: -- /path/to/it ARG…',
  });
}

function isRelativePath(path: string, cwd: string): boolean {
  if (path === '' || isAbsolute(path) || /^[a-z][a-z0-9+.-]*:\/\//i.test(path)) return false;
  return /^\.{1,2}(?:\/|$)|^~(?:\/|$)/.test(path) || (/[/.]/.test(path) && existsSync(join(cwd, path)));
}

/** What to grant so that a server sees what a path names: with a script, what belongs to it. */
function folderToGrant(path: string): string {
  if (statSync(path).isDirectory()) return path;
  return SCRIPT.test(path) ? projectOf(realpathSync(path), homedir()) : dirname(path);
}

/** Folders of the system, which every program sees. */
function isOfSystem(path: string): boolean {
  return /^\/(?:usr|bin|sbin|lib|lib64|etc|nix|proc|dev|sys)(?:\/|$)/.test(path);
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

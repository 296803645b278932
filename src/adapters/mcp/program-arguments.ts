import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { contains } from '../support/sandbox/granted-folder.js';
import { projectOf } from '../support/sandbox/project-of.js';
import { type PathLink, resolvedPath } from '../support/sandbox/resolved-path.js';

/** What a program can see, for {@link argumentFault}. */
export interface VisiblePlaces {
  /** Whether a file or folder is seen, as it really is. */
  readonly sees: (real: string) => boolean;
  /** Its data folder, in which it starts. */
  readonly folder: string;
  /** The person's own folder. */
  readonly person: string;
}

const INTERPRETERS = /^(?:node|nodejs|bun|deno|tsx|python[\d.]*|ruby|perl|php|sh|bash)$/;
const SCRIPT = /\.(?:[cm]?[jt]s|py|rb|pl|php|sh)$/;
/** Options that are followed by code, or by the name of a module, and not by a file. */
const WITHOUT_SCRIPT = /^-(?:[mcepn]|-eval|-print)$/;

/** The file that an interpreter is to run, as it was given; `undefined` for a program that is none, or that runs no file. */
function scriptOf(command: string, args: readonly string[]): string | undefined {
  if (!INTERPRETERS.test(basename(command))) return undefined;
  const first = args.find((argument) => WITHOUT_SCRIPT.test(argument) || !argument.startsWith('-'));
  return first !== undefined && (SCRIPT.test(first) || isAbsolute(first)) ? first : undefined;
}

/** Why a script that an interpreter is to run cannot be found, in a sentence: it is given by a path from somewhere else, or not there. */
export function scriptFault(command: string, args: readonly string[], folder: string): string | undefined {
  const script = scriptOf(command, args);
  if (script === undefined || existsSync(resolve(folder, script))) return undefined;
  return isAbsolute(script)
    ? `the script ${script} is not there`
    : `the script ${script} is not given with its whole path, and the server starts in a folder of its own`;
}

/** The first argument that names a file or folder which is there and which the program cannot see, with what to grant, in a sentence. */
export function argumentFault(command: string, args: readonly string[], places: VisiblePlaces): string | undefined {
  const script = scriptOf(command, args);
  for (const argument of args) {
    const path = pathIn(argument);
    if (!/^\/[^/]+\/./.test(path) || path.includes('\0') || isVisible(path, places)) continue;
    const real = realOf(path);
    if (real === undefined) continue;
    if (argument === script) return `it cannot see its script ${path}: grant it with --read ${projectOf(real, places.person)}`;
    const what = statSync(real).isDirectory() ? `the folder ${path}` : `the file ${path}`;
    return `it cannot see ${what}, which its arguments name: grant it with --read ${path}, or --write ${path}`;
  }
  return undefined;
}

/** The links through which the paths among the arguments lead. */
export async function argumentLinks(args: readonly string[]): Promise<readonly PathLink[]> {
  const found = await Promise.all(
    args.map(pathIn).map((path) => (isAbsolute(path) && !path.includes('\0') ? resolvedPath(path) : undefined)),
  );
  return found.flatMap((resolved) => resolved?.links ?? []);
}

/** `--option=/path` names a path too. */
function pathIn(argument: string): string {
  return argument.startsWith('-') ? argument.slice(argument.indexOf('=') + 1) : argument;
}

/** What is seen of the system in its place, or is made anew for each sandbox. */
function isVisible(path: string, { sees, folder }: VisiblePlaces): boolean {
  if (/^\/(?:proc|dev)\//.test(path)) return true;
  const leads = realOf(path);
  return leads === undefined || sees(leads) || contains(folder, join(path));
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

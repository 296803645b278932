import { existsSync, realpathSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { isProgram } from '../support/sandbox/find-program.js';
import { findServerProgram, isShim } from '../support/sandbox/find-server-program.js';
import { contains } from '../support/sandbox/granted-folder.js';
import { type PathLink, resolvedPath } from '../support/sandbox/resolved-path.js';

/** What a program is made of, besides what the system shows every program. */
export interface ProgramPlaces {
  /** Files and folders as they really are. */
  readonly mounts: readonly string[];
  readonly links: readonly PathLink[];
  /** Folders with programs that it starts by their names. */
  readonly path: readonly string[];
}

/** Which folders are too much to be shown for the sake of a program. */
export interface ProgramBounds {
  /** Pyra's home. */
  readonly home: string;
  /** The person's own folder. */
  readonly person: string;
  /** What was granted, as it really is. */
  readonly granted: readonly string[];
  /** Of that, what the server itself can change. */
  readonly writable: readonly string[];
  /** Whether the server sees a file or folder anyway, as it really is. */
  readonly isOpen: (real: string) => boolean;
}

/** A program, its interpreter, and the interpreter of that. */
const MAX_DEPTH = 4;
const FIRST_LINE_BYTES = 512;
/** Folders of the person's that hold much more than one program. */
const SHARED: readonly string[] = ['.local', '.local/bin', '.local/lib', '.local/share', '.config', '.cache', 'bin', 'lib'];
const PACKAGE = /^.*?\/lib\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const LOCAL_PACKAGES = /^.*?\/node_modules(?=\/)/;
const PYTHON = /^python(?:\d[\d.]*)?t?$/;
/** Interpreters, which hold nothing of the person's. */
const USUAL: readonly string[] = ['node', 'bun', 'deno', 'python', 'python3', 'ruby', 'perl', 'php'];

/**
 * Finds what a program is made of: itself, what its links lead to, its interpreter, and of Node and Python the package or the virtual environment
 * that it is in, and nothing broader. A sentence when it cannot be started, or needs what only the person can grant.
 */
export async function programPlaces(command: string, bounds: ProgramBounds): Promise<ProgramPlaces | string> {
  const places = { mounts: new Set<string>(), links: new Map<string, PathLink>(), path: new Set<string>() };
  const fault = await follow({ command, isTheirs: false, level: 0 }, bounds, places);
  if (fault !== undefined) return fault;
  return { mounts: [...places.mounts], links: [...places.links.values()], path: [...places.path] };
}

interface Found {
  readonly mounts: Set<string>;
  readonly links: Map<string, PathLink>;
  readonly path: Set<string>;
}

interface Step {
  readonly command: string;
  /** Whether what led here can be changed by the server itself, which must not choose what it is shown. */
  readonly isTheirs: boolean;
  readonly level: number;
}

async function follow({ command, isTheirs, level }: Step, bounds: ProgramBounds, found: Found): Promise<string | undefined> {
  if (!isAbsolute(command)) return `the program ${command} is not given with its whole path`;
  if (isShim(command)) return `the program ${command} only looks for the real one: name that one instead`;
  const resolved = await resolvedPath(command);
  if (resolved === undefined) return `the program ${command} is not there`;
  const { real, links } = resolved;
  if (!isProgram(real)) return `the program ${command} cannot be started: it is no file that may be run`;
  if (level > MAX_DEPTH) return `the program ${command} is started by too many others`;
  const isWritable = (path: string): boolean => within(bounds.writable, path);
  const isLed = isTheirs || links.some(({ path }) => isWritable(path));
  if (isLed && !bounds.isOpen(real) && !isUsual(real))
    return `it is run by ${real}, and it could change that itself: if that is meant, grant it with --read ${folderOf(real)}`;
  const first = await firstBytes(real);
  // What is no program for the kernel is given to a shell by whoever starts it, and a server is never started through one.
  if (isBareScript(first)) return `the program ${command} is a text whose first line does not say what runs it: name that in front of it`;
  const line = shebang(first);
  if (!within(bounds.granted, real)) {
    if (contains(bounds.home, real)) return `the program ${command} lies in the home of Pyra, which is never shown to it`;
    const local = line === undefined || PACKAGE.test(real) ? undefined : LOCAL_PACKAGES.exec(real)?.[0];
    if (local !== undefined) return `the program ${command} needs the packages beside it: grant them with --read ${local}`;
    found.mounts.add(real);
  }
  for (const link of links) found.links.set(link.path, link);
  found.path.add(dirname(command));
  if (!isLed) addFolder(PACKAGE.exec(real)?.[0], bounds, found);
  const isPython = PYTHON.test(basename(real));
  if (isPython && (!isLed || isUsual(real))) await addPythonLibrary(dirname(dirname(real)), bounds, found);
  // It starts the one beside it.
  if (/^uvx$/.test(basename(real))) await follow({ command: join(dirname(real), 'uv'), isTheirs: isLed, level: level + 1 }, bounds, found);
  for (const environment of environmentsOf([...links.map(({ path }) => path), real])) {
    if (!isLed) addFolder(environment, bounds, found);
    const python = join(environment, 'bin', 'python');
    if (isPython || python === command || !existsSync(python)) continue;
    const fault = await follow({ command: python, isTheirs: isLed, level: level + 1 }, bounds, found);
    if (fault !== undefined) return fault;
  }
  if (line === undefined) return undefined;
  const interpreter = interpreterOf(line, [dirname(command), dirname(real)]);
  if (interpreter === undefined) return `the program ${command} is run by ${line.slice(0, 100)}, which is not there`;
  return follow({ command: interpreter, isTheirs: isLed || isWritable(real), level: level + 1 }, bounds, found);
}

function within(folders: readonly string[], path: string): boolean {
  return folders.some((folder) => contains(folder, path));
}

/** The folder with what a program is made of. */
function folderOf(real: string): string {
  return PYTHON.test(basename(real)) ? dirname(dirname(real)) : dirname(real);
}

/** Whether a program is an interpreter that the person's shell would find too. */
function isUsual(real: string): boolean {
  return USUAL.some((name) => {
    const program = findServerProgram(name, '/');
    return program !== undefined && realpathSync(program) === real;
  });
}

/** The virtual environments of Python whose programs these are. */
function environmentsOf(paths: readonly string[]): readonly string[] {
  const folders = paths.filter((path) => basename(dirname(path)) === 'bin').map((path) => dirname(dirname(path)));
  return [...new Set(folders)].filter((folder) => existsSync(join(folder, 'pyvenv.cfg')));
}

/** Python's own modules and libraries, which lie beside the folder that it is in; in a shared folder only what is named after it. */
async function addPythonLibrary(prefix: string, bounds: ProgramBounds, found: Found): Promise<void> {
  const library = join(prefix, 'lib');
  const names = await readdir(library).catch(() => []);
  const modules = names.filter((name) => existsSync(join(library, name, 'os.py')));
  if (modules.length === 0) return;
  if (!isBroad(prefix, bounds)) found.mounts.add(library);
  else for (const name of names) if (modules.includes(name) || name.startsWith('libpython')) found.mounts.add(join(library, name));
}

function addFolder(folder: string | undefined, bounds: ProgramBounds, found: Found): void {
  if (folder !== undefined && !isBroad(folder, bounds)) found.mounts.add(folder);
}

function isBroad(folder: string, { home, person }: ProgramBounds): boolean {
  const holds = [home, person].some((place) => contains(folder, place)) || contains(home, folder);
  return holds || SHARED.some((name) => join(person, name) === folder) || folder.split('/').length <= 2;
}

async function firstBytes(file: string): Promise<Buffer> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return Buffer.alloc(0);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(FIRST_LINE_BYTES), 0, FIRST_LINE_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** What the first line of a script says that runs it. */
function shebang(first: Buffer): string | undefined {
  const [line = ''] = first.toString('utf8').split('\n');
  return line.startsWith('#!') ? line.slice(2).trim() : undefined;
}

/** Programs of every system have a zero among their first bytes, and texts have none. */
function isBareScript(first: Buffer): boolean {
  return first.length > 0 && !first.includes(0) && shebang(first) === undefined;
}

/** The program that a script names; by its name alone, the one beside the script before any other. */
function interpreterOf(line: string, beside: readonly string[]): string | undefined {
  const words = line.split(/\s+/);
  const [first = ''] = words;
  if (basename(first) !== 'env') return isAbsolute(first) && existsSync(first) ? first : undefined;
  const name = words.slice(1).find((word) => !word.startsWith('-') && !word.includes('='));
  if (name === undefined) return undefined;
  return isAbsolute(name) ? name : findServerProgram(name, '/', [...beside, process.env.PATH ?? ''].join(':'));
}

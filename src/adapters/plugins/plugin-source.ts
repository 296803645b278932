import { lstat, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PyraError } from '../../core/domain/errors.js';
import { isJsonObject } from '../../core/domain/json.js';
import { badManifest, MAX_MANIFEST_BYTES, parsePluginManifest } from '../../core/domain/parse-plugin-manifest.js';
import type { PluginManifest } from '../../core/domain/plugin-manifest.js';
import type { plainJavaScript } from './plain-javascript.js';
import { contentsOf, DATA_FOLDER, digestOver, lookInto, type PluginFileContent } from './plugin-files.js';

/** The name of the file in which a plugin says what it is. */
export const MANIFEST_FILE = 'manifest.json';

const MAX_FILES = 500;
const MAX_BYTES = 20 * 1024 * 1024;
const BUILT = 'A plugin ships built, with what it needs inside of its entry: bundle it (such as with esbuild) and install the result';

/** A plugin that was read whole: its files as they are installed. */
export interface ReadPlugin {
  readonly manifest: PluginManifest;
  readonly digest: string;
  readonly files: readonly PluginFileContent[];
}

/**
 * Reads a plugin from a folder as it is installed: without tests, hidden files and `data/`, TypeScript made JavaScript. None of its code runs.
 * @throws PyraError `not-found`, `plugin/bad-manifest` with every fault, `plugin/incompatible`
 */
export async function readSource(folder: string, strip: () => Promise<typeof plainJavaScript>): Promise<ReadPlugin> {
  const real = await folderOf(folder);
  // Whatever folder was named by mistake is not looked through.
  if ((await lstat(join(real, MANIFEST_FILE)).catch(() => undefined)) === undefined) throw noManifest(folder);
  let packages = false;
  const skip = (path: string): boolean => {
    packages ||= basename(path) === 'node_modules';
    return isLeftOut(path);
  };
  const found = await lookInto(real, skip, MAX_FILES * 10);
  const faults = [...(packages ? [`it has node_modules. ${BUILT}`] : []), ...sizeFaults(found.files)];
  const { manifest, files } = await readFiles(folder, found, faults);
  if (!/\.m?ts$/.test(manifest.entry)) return { manifest, files, digest: digestOver(files) };
  const stripped = (await strip())(files, manifest.entry);
  if (stripped.faults.length > 0) throw badManifest(manifest.name, stripped.faults);
  const installed = stripped.files.map((file) => (file.path === MANIFEST_FILE ? withEntry(file, stripped.entry) : file));
  return { manifest: { ...manifest, entry: stripped.entry }, files: installed, digest: digestOver(installed) };
}

/** Reads an installed plugin, exactly as it stands there. Throws as {@link readSource} does. */
export async function readInstalled(folder: string): Promise<ReadPlugin> {
  const found = await lookInto(await folderOf(folder), () => false);
  const { manifest, files } = await readFiles(folder, found, []);
  return { manifest, files, digest: digestOver(files) };
}

async function readFiles(
  folder: string,
  found: Awaited<ReturnType<typeof lookInto>>,
  more: readonly string[],
): Promise<Pick<ReadPlugin, 'manifest' | 'files'>> {
  const faults = [...found.faults, ...more];
  const manifestFile = found.files.find(({ path }) => path === MANIFEST_FILE);
  if (manifestFile === undefined) {
    if (faults.length > 0) throw badManifest(undefined, faults);
    throw noManifest(folder);
  }
  if (manifestFile.bytes > MAX_MANIFEST_BYTES) throw badManifest(undefined, [...faults, `${MANIFEST_FILE} is larger than 256 KB`]);
  const [text] = await contentsOf(folder, [manifestFile]);
  const manifest = parsed(text?.content ?? new Uint8Array(), faults);
  if (!found.files.some(({ path }) => path === manifest.entry)) faults.push(`entry: there is no ${manifest.entry}`);
  if (faults.length > 0) throw badManifest(manifest.name, faults);
  return { manifest, files: await contentsOf(folder, found.files) };
}

function noManifest(folder: string): PyraError {
  return new PyraError('not-found', `there is no ${MANIFEST_FILE} in ${folder}`, {
    hint: 'name the folder of a plugin; pyra plugin new NAME makes one to start from',
  });
}

/** The faults of the files are told together with those of the manifest. */
function parsed(content: Uint8Array, faults: readonly string[]): PluginManifest {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw badManifest(undefined, [...faults, `${MANIFEST_FILE} is not UTF-8 text`]);
  }
  try {
    return parsePluginManifest(text);
  } catch (error) {
    if (faults.length === 0 || !(error instanceof PyraError) || error.code !== 'plugin/bad-manifest') throw error;
    throw new PyraError(error.code, `${error.message}\n${faults.map((fault) => `- ${fault}`).join('\n')}`, { cause: error });
  }
}

/** The real folder behind a path that the person gave. */
async function folderOf(path: string): Promise<string> {
  const status = await lstat(path).catch(() => undefined);
  if (status === undefined) throw new PyraError('not-found', `there is no folder ${path}`);
  const real = status.isSymbolicLink() ? await realpath(path).catch(() => path) : path;
  if (!(await lstat(real)).isDirectory()) {
    throw new PyraError('not-found', `${path} is not a folder`, { hint: `name the folder in which ${MANIFEST_FILE} is` });
  }
  return real;
}

function isLeftOut(path: string): boolean {
  const name = basename(path);
  return path === DATA_FOLDER || name === 'node_modules' || name.startsWith('.') || /\.test\.[^.]+$/.test(name);
}

function sizeFaults(files: readonly { readonly path: string; readonly bytes: number }[]): readonly string[] {
  const faults: string[] = [];
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  if (files.length > MAX_FILES)
    faults.push(`it has ${files.length.toLocaleString('en')} files; at most ${MAX_FILES} are allowed. ${BUILT}`);
  if (total > MAX_BYTES) faults.push(`its files take ${(total / 1024 / 1024).toFixed(1)} MB; at most 20 MB are allowed`);
  return faults;
}

function withEntry(file: PluginFileContent, entry: string): PluginFileContent {
  const manifest: unknown = JSON.parse(
    Buffer.from(file.content)
      .toString('utf8')
      .replace(/^\ufeff/, ''),
  );
  const changed = isJsonObject(manifest) ? { ...manifest, entry } : { entry };
  return { path: file.path, content: Buffer.from(`${JSON.stringify(changed, undefined, 2)}\n`) };
}

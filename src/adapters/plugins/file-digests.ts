import { createHash } from 'node:crypto';
import type { PluginFileContent } from './plugin-files.js';

/** Each file's SHA-256 in hex, by its path. */
export function fileDigests(files: readonly PluginFileContent[]): Readonly<Record<string, string>> {
  return Object.fromEntries(files.map(({ path, content }) => [path, createHash('sha256').update(content).digest('hex')]));
}

/** What differs between the files that were accepted and those that are there, one sentence each, sorted. */
export function fileDifferences(accepted: Readonly<Record<string, string>>, there: Readonly<Record<string, string>>): readonly string[] {
  const paths = [...new Set([...Object.keys(accepted), ...Object.keys(there)])].sort();
  return paths.flatMap((path) => {
    if (!Object.hasOwn(accepted, path)) return [`${path} was added`];
    if (!Object.hasOwn(there, path)) return [`${path} is missing`];
    return accepted[path] === there[path] ? [] : [`${path} was changed`];
  });
}

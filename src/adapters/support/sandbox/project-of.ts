import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { contains } from './granted-folder.js';

const LOCAL_PACKAGES = /^.*?\/node_modules(?=\/)/;

/** The folder to grant so that a script is seen with what belongs to it: its project, else the folder that it is in. */
export function projectOf(script: string, person: string): string {
  const packages = LOCAL_PACKAGES.exec(script)?.[0];
  if (packages !== undefined) return packages;
  const own = dirname(script);
  for (let folder = own; !contains(folder, person) && folder !== dirname(folder); folder = dirname(folder)) {
    if (['package.json', 'pyproject.toml', 'setup.py'].some((name) => existsSync(join(folder, name)))) return folder;
  }
  return own;
}

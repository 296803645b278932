import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isJsonObject } from '../src/core/domain/json.js';
import type { Benchmark } from './figure.js';

/** What `blocks` of a file counts, in bytes. */
const BLOCK = 512;
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** What a person has on the disk: the package and its dependencies, without development packages and without the Node that comes along. */
export const installedSize: Benchmark = {
  name: 'size',
  async run() {
    const manifest: unknown = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
    const files = isJsonObject(manifest) && Array.isArray(manifest.files) ? manifest.files : [];
    const own = files
      .filter((name) => typeof name === 'string' && !name.startsWith('!'))
      .reduce((sum, name) => sum + bytesOf(String(name)), 0);
    const packages = installedPackages().map((path) => ({ path, bytes: bytesOf(path) }));
    const largest = packages.toSorted((left, right) => right.bytes - left.bytes).slice(0, 5);
    const total = packages.reduce((sum, { bytes }) => sum + bytes, own);
    return [
      {
        name: 'installed size, without dev dependencies and the bundled Node',
        value: total / 1e6,
        unit: 'MB',
        target: { most: 60 },
        detail: {
          ownMb: round(own),
          packages: packages.length,
          largest: largest.map(({ path, bytes }) => `${path.replace(/^.*node_modules\//, '')} ${round(bytes)}`).join(', '),
        },
      },
    ];
  },
};

/** The folders of what `npm install --omit=dev --omit=optional` would install. */
function installedPackages(): readonly string[] {
  const lock: unknown = JSON.parse(readFileSync(join(PROJECT, 'package-lock.json'), 'utf8'));
  const packages = isJsonObject(lock) && isJsonObject(lock.packages) ? lock.packages : {};
  return Object.entries(packages)
    .filter(
      ([path, entry]) => path !== '' && isJsonObject(entry) && entry.dev !== true && entry.optional !== true && entry.devOptional !== true,
    )
    .map(([path]) => path);
}

/** The bytes that a file or a folder takes on the disk; packages inside a package are counted by themselves. */
function bytesOf(path: string): number {
  const whole = join(PROJECT, path);
  const stats = lstatSync(whole, { throwIfNoEntry: false });
  if (stats === undefined) return 0;
  if (!stats.isDirectory()) return stats.blocks * BLOCK;
  return readdirSync(whole)
    .filter((name) => name !== 'node_modules')
    .reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}

function round(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}

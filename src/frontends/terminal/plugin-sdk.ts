import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PyraError } from '../../core/domain/errors.js';

/** Where the entry `pyra/plugin` of this Pyra is, absolute. */
export function sdkModule(): string {
  return join(sdkFolder(), 'plugin.js');
}

/** The folder of what this Pyra ships, absolute. */
export function sdkFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('pyra/package.json')), 'dist');
}

/** The declarations of `pyra/plugin`. Throws `not-found` where Pyra was not built. */
export async function sdkTypes(): Promise<string> {
  try {
    return await readFile(join(sdkFolder(), 'types', 'plugin.d.ts'), 'utf8');
  } catch (cause) {
    throw new PyraError('not-found', 'the types of pyra/plugin are missing in this installation', {
      hint: 'build Pyra: npm run build',
      cause,
    });
  }
}

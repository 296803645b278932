import { homedir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { PyraError } from '../../core/domain/errors.js';

const PROFILE_NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** Where a Pyra keeps everything: `PYRA_HOME` or `~/.pyra`, and below it `profiles/NAME` for a profile. Throws `usage` for a bad profile name. */
export function homeFolder(env: Readonly<Record<string, string | undefined>>, profile: string | undefined): string {
  const home = env.PYRA_HOME ? resolve(env.PYRA_HOME) : join(personFolder(), '.pyra');
  const name = profile ?? (env.PYRA_PROFILE || undefined);
  if (name === undefined || name === 'default') return home;
  if (!PROFILE_NAME.test(name)) {
    throw new PyraError('usage', 'a profile name has lower-case letters, digits, "-" and "_", at most 32');
  }
  return join(home, 'profiles', name);
}

/** An empty `HOME`, as some service managers set it, would make the home a folder of wherever the program was started. */
function personFolder(): string {
  return homedir() || userInfo().homedir;
}

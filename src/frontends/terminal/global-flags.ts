import type { ColorChoice } from '../../adapters/support/terminal/paint.js';
import { PyraError } from '../../core/domain/errors.js';
import type { FlagSpec } from './command.js';

/** The global flags, resolved against the environment. */
export interface Globals {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: ColorChoice;
  readonly noInput: boolean;
  /** Yes to ordinary confirmations; never to a tool approval. */
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly profile: string | undefined;
}

/** What every command understands, before or after its verb. */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  { name: 'help', short: 'h', summary: 'show help' },
  { name: 'version', short: 'V', summary: 'show the version' },
  { name: 'profile', short: 'P', value: 'NAME', summary: 'use another profile' },
  { name: 'json', summary: 'one JSON object as the result' },
  { name: 'quiet', short: 'q', summary: 'results and errors only' },
  { name: 'verbose', short: 'v', summary: 'say more' },
  { name: 'color', value: 'WHEN', summary: 'auto, always or never' },
  { name: 'no-color', summary: 'same as --color never' },
  { name: 'no-input', summary: 'never ask anything' },
  { name: 'yes', short: 'y', summary: 'yes to confirmations (never to tool approvals)' },
  { name: 'dry-run', short: 'n', summary: 'say what would be done' },
];

/** The globals from the flags that were given (name → value, or `true` for a switch); flags go before environment. */
export function resolveGlobals(
  given: ReadonlyMap<string, string | true>,
  env: Readonly<Record<string, string | undefined>>,
): Globals & { readonly help: boolean; readonly version: boolean } {
  const color = given.has('no-color') ? 'never' : (given.get('color') ?? 'auto');
  if (color !== 'auto' && color !== 'always' && color !== 'never') {
    throw new PyraError('usage', '--color is auto, always or never');
  }
  const profile = given.get('profile');
  return {
    help: given.has('help'),
    version: given.has('version'),
    json: given.has('json'),
    quiet: given.has('quiet'),
    verbose: given.has('verbose'),
    color,
    noInput: given.has('no-input') || Boolean(env.PYRA_NO_INPUT),
    yes: given.has('yes'),
    dryRun: given.has('dry-run'),
    profile: typeof profile === 'string' ? profile : undefined,
  };
}

import { registerHooks } from 'node:module';

const SPECIFIER = 'pyra/plugin';
const URL_OF_SDK = 'pyra:plugin';

/** What `pyra/plugin` holds at run time; a test compares its names with those of `src/plugin.ts`. */
export const SDK_SOURCE = `export function definePlugin(plugin) { return plugin; }
export class ToolFailure extends Error { name = 'ToolFailure'; }
`;

/** Types are stripped when a plugin is installed, which turns `.ts` files into `.js`; in development it is the other way round. */
const TWINS: readonly (readonly [ending: RegExp, twin: string])[] = [
  [/\.ts$/, '.js'],
  [/\.mts$/, '.mjs'],
  [/\.js$/, '.ts'],
  [/\.mjs$/, '.mts'],
];

/** Serves `pyra/plugin` from memory, and finds the file that a relative specifier means where its ending is that of the other form. */
export function installHooks(): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === SPECIFIER) return { url: URL_OF_SDK, format: 'module', shortCircuit: true };
      try {
        return next(specifier, context);
      } catch (error) {
        const twin = twinOf(specifier);
        if (twin === undefined) throw error;
        return next(twin, context);
      }
    },
    load: (url, context, next) => (url === URL_OF_SDK ? { format: 'module', source: SDK_SOURCE, shortCircuit: true } : next(url, context)),
  });
}

function twinOf(specifier: string): string | undefined {
  if (!/^\.{1,2}\//.test(specifier)) return undefined;
  const found = TWINS.find(([ending]) => ending.test(specifier));
  return found === undefined ? undefined : specifier.replace(found[0], found[1]);
}

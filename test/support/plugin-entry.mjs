// The tests of plugins get `pyra/plugin` as it was just compiled, not as it was last bundled.
import { registerHooks } from 'node:module';

const entry = new URL('../../build/src/plugin.js', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) => (specifier === 'pyra/plugin' ? { url: entry, shortCircuit: true } : next(specifier, context)),
});

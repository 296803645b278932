import { isPyraError } from '../../core/domain/errors.js';
import type { PluginShelf } from '../../core/usecases/plugin-shelf.js';
import type { Check } from './doctor-checks.js';
import { tierWords } from './plugin-words.js';

/** How strictly this machine keeps plugins in, and what that means. */
export async function checkSandbox(shelf: Pick<PluginShelf, 'tier'>): Promise<Check> {
  const tier = await shelf.tier();
  const [name, meaning] = tierWords(tier);
  const message = `plugins run in ${name}: ${meaning}`;
  if (tier.tier === 'bwrap') return { check: 'sandbox', status: 'ok', message };
  const fix = process.platform === 'linux' ? 'install bubblewrap, where this machine allows it: apt install bubblewrap' : undefined;
  return { check: 'sandbox', status: 'note', message, ...(fix === undefined ? {} : { fix }) };
}

/** The plugins that do not run as the person may expect: changed, blocked, or without their answers. */
export async function checkPlugins(shelf: Pick<PluginShelf, 'list'>): Promise<readonly Check[]> {
  try {
    const plugins = await shelf.list();
    const faults = plugins.flatMap(({ name, state, faults: why }): readonly Check[] => {
      const message = `${name}: ${[state, ...why].join('; ')}`;
      if (state === 'changed' || state === 'blocked')
        return [{ check: 'plugins', status: 'problem', message, fix: `pyra plugin enable ${name}` }];
      if (state === 'needs setup') return [{ check: 'plugins', status: 'note', message, fix: `pyra plugin setup ${name}` }];
      return [];
    });
    if (faults.length > 0) return faults;
    const enabled = plugins.filter(({ state }) => state === 'enabled').length;
    return [{ check: 'plugins', status: 'ok', message: plugins.length === 0 ? 'none' : `${plugins.length} installed, ${enabled} enabled` }];
  } catch (error) {
    if (!isPyraError(error)) throw error;
    return [{ check: 'plugins', status: 'problem', message: error.message, fix: error.hint ?? 'pyra plugin list' }];
  }
}

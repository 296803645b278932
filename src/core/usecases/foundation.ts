import type { ModelCatalog } from '../../ports/language-model.js';
import type { Settings } from '../domain/settings.js';
import type { McpShelf } from './mcp-shelf.js';
import type { PluginShelf } from './plugin-shelf.js';
import type { Pyra } from './pyra.js';

/**
 * What of a Pyra works before anything was prepared, repaired or read: for looking at a home as it is (`doctor`), and for mending settings
 * that are broken (`config`, `setup`).
 */
export interface Foundation extends Pick<Pyra, 'home' | 'settings' | 'vault' | 'unlockAgent' | 'log' | 'system' | 'close'> {
  /** The plugins, as far as they can be looked at; nothing is installed, enabled or run through it. */
  readonly plugins: Pick<PluginShelf, 'list' | 'tier'>;
  /** The MCP servers, as far as they can be looked at; nothing is started through it. */
  readonly mcp: Pick<McpShelf, 'list' | 'faults' | 'tier'>;
  /** The models as these settings reach them; the settings need not be stored. */
  models(settings: Settings): Promise<ModelCatalog>;
}

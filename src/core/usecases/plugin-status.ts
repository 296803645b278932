import { PyraError } from '../domain/errors.js';
import type { SecretName } from '../domain/identifiers.js';
import { nearestWord } from '../domain/nearest-word.js';
import type { InstalledPlugin, PluginSettings, PluginState, PluginStatus } from '../domain/plugin.js';
import { MAIN_ACCOUNT, type PluginAccount } from '../domain/plugin-manifest.js';
import { ownSecretName, pluginSecretName } from '../domain/plugin-secret-name.js';
import { type KnownAnswer, missingAnswers } from '../domain/setup-progress.js';
import type { ShelfPorts } from './shelf-ports.js';

/** How installed plugins stand: their files, their answers, whether they are enabled. Looks at everything, so it is for lists alone. */
export async function pluginStatuses(ports: ShelfPorts, plugins: readonly InstalledPlugin[]): Promise<readonly PluginStatus[]> {
  if (plugins.length === 0) return [];
  const { enabled } = (await ports.settings.load()).plugins;
  const secrets = await ports.secrets.names();
  const [library, store] = [await ports.library(), await ports.store()];
  const statuses: PluginStatus[] = [];
  for (const plugin of plugins) {
    const { name } = plugin.manifest;
    const files = await library.faults(plugin);
    const settings = await store.load(name);
    const unanswered = setupFaults(plugin, settings, secrets);
    // A block for changed files names them; once is enough.
    const reason = plugin.blocked?.reason;
    const block = reason === undefined || files.some((file) => reason.includes(file)) ? [] : [reason];
    statuses.push({
      plugin,
      name,
      state: stateOf(enabled.includes(name), files.length > 0, plugin.blocked !== undefined, unanswered.length > 0),
      faults: [...files, ...block, ...unanswered],
      accounts: Object.keys(settings) as PluginAccount[],
    });
  }
  return statuses;
}

/** The installed plugin of a name. Throws `not-found` with the way to it. */
export async function installedNamed(ports: Pick<ShelfPorts, 'library'>, name: string): Promise<InstalledPlugin> {
  const library = await ports.library();
  const installed = await library.list();
  const found = installed.find(({ manifest }) => manifest.name === name);
  if (found !== undefined) return found;
  const bundled = (await library.bundled()).map(({ manifest }) => manifest.name as string);
  const near = nearestWord(name, [...installed.map(({ manifest }) => manifest.name), ...bundled]);
  const hint = bundled.includes(name)
    ? `pyra plugin install ${name}`
    : near === undefined
      ? 'pyra plugin list shows all'
      : `did you mean: ${near}`;
  throw new PyraError('not-found', `there is no plugin ${JSON.stringify(name.slice(0, 80))} installed`, { hint });
}

function stateOf(enabled: boolean, changed: boolean, blocked: boolean, unanswered: boolean): PluginState {
  if (!enabled) return 'disabled';
  if (changed) return 'changed';
  if (blocked) return 'blocked';
  return unanswered ? 'needs setup' : 'enabled';
}

/** What is not answered, one sentence an account. */
function setupFaults({ manifest }: InstalledPlugin, settings: PluginSettings, secrets: readonly SecretName[]): readonly string[] {
  const accounts = Object.keys(settings).length === 0 ? [MAIN_ACCOUNT] : (Object.keys(settings) as PluginAccount[]);
  return accounts.flatMap((account) => {
    const known = (key: string): KnownAnswer | undefined => {
      const question = manifest.setup.find((one) => one.key === key);
      const value = settings[account]?.[key];
      if (value !== undefined) return { kind: 'value', value };
      if (question?.kind !== 'secret') return undefined;
      const name = pluginSecretName(manifest, ownSecretName(manifest, account, question));
      return name !== undefined && secrets.includes(name) ? { kind: 'secret' } : undefined;
    };
    const missing = missingAnswers(manifest.setup, known);
    if (missing.length === 0) return [];
    const hard = missing.filter((question) => question.default === undefined);
    const named = hard.length > 0 ? hard : missing;
    const of = manifest.accounts && account !== MAIN_ACCOUNT ? ` --account ${account}` : '';
    return [`not answered: ${named.map(({ key }) => key).join(', ')} (pyra plugin setup ${manifest.name}${of})`];
  });
}

import { PyraError } from '../domain/errors.js';
import type { InstalledPlugin } from '../domain/plugin.js';
import { changesOf, notAccepted } from './plugin-changes.js';
import { checkHandlers } from './plugin-handlers.js';
import { installedNamed } from './plugin-status.js';
import { recordSecurityEvent } from './record-security-event.js';
import type { ShelfPorts } from './shelf-ports.js';

/** Enables a plugin whose files are those that were accepted, or are accepted by their digest now, and whose code fits its manifest. */
export async function enablePlugin(
  ports: ShelfPorts,
  name: string,
  { signal, accept }: { readonly signal: AbortSignal; readonly accept?: string },
): Promise<void> {
  const installed = await installedNamed(ports, name);
  const changes = await changesOf(ports, installed);
  const digest = changes?.package.digest ?? installed.digest;
  if (changes !== undefined && accept !== digest) throw notAccepted(name);
  await refuseTakenCommands(ports, changes === undefined ? installed : { ...installed, manifest: changes.package.manifest });
  const library = await ports.library();
  const marked = await library.mark(installed.manifest.name, { accepted: true });
  try {
    // Whoever changed a file between the look and now must not have it accepted.
    if (marked.digest !== digest) throw notAccepted(name);
    await checkHandlers(ports, marked, signal);
  } catch (error) {
    await library.mark(installed.manifest.name, { blocked: installed.blocked?.reason ?? reasonOf(ports, error) });
    throw error;
  }
  await setEnabled(ports, name, true);
  await recordSecurityEvent(ports, 'plugin-enabled', {
    plugin: name,
    version: marked.manifest.version,
    digest,
    ...(changes === undefined ? {} : { accepted: true }),
    ...(installed.blocked === undefined ? {} : { unblocked: true }),
  });
}

/** Disables a plugin; says whether it was enabled. */
export async function disablePlugin(ports: ShelfPorts, name: string): Promise<boolean> {
  if (!(await setEnabled(ports, name, false))) return false;
  await recordSecurityEvent(ports, 'plugin-disabled', { plugin: name });
  return true;
}

/** Says in the settings whether a plugin is enabled; gives whether that changed anything. Another process may do the same for another plugin. */
async function setEnabled({ settings }: ShelfPorts, name: string, enabled: boolean): Promise<boolean> {
  if ((await settings.load()).plugins.enabled.includes(name) === enabled) return false;
  await settings.update((now) => {
    const others = now.plugins.enabled.filter((one) => one !== name);
    return { ...now, plugins: { ...now.plugins, enabled: enabled ? [...others, name] : others } };
  });
  return true;
}

/** Of two commands with one name, nobody could say which is meant. */
async function refuseTakenCommands(ports: ShelfPorts, { manifest }: InstalledPlugin): Promise<void> {
  const { enabled } = (await ports.settings.load()).plugins;
  const others = (await (await ports.library()).list()).filter(
    (plugin) => plugin.manifest.name !== manifest.name && enabled.includes(plugin.manifest.name),
  );
  for (const { name } of manifest.commands) {
    const other = others.find((plugin) => plugin.manifest.commands.some((command) => command.name === name));
    if (other === undefined) continue;
    throw new PyraError('usage', `/${name} is a command of the plugin ${other.manifest.name} already`, {
      hint: `disable one of the two: pyra plugin disable ${other.manifest.name}`,
    });
  }
}

function reasonOf({ redactor }: ShelfPorts, error: unknown): string {
  return error instanceof PyraError ? redactor.redact(error.message) : 'its code could not be loaded';
}

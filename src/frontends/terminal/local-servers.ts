import { connect } from 'node:net';
import { isPyraError } from '../../core/domain/errors.js';
import type { ProviderInfo } from '../../core/domain/model.js';
import type { ModelCatalog } from '../../ports/language-model.js';
import type { System } from '../../ports/system.js';

/** A model server that runs on this machine. */
export interface LocalServer {
  readonly provider: ProviderInfo;
  /** The ids of the models that it lists. */
  readonly models: readonly string[];
}

/** How long a port may take to open, and a server to list its models, in milliseconds. */
const CONNECT_WAIT = 300;
const LIST_WAIT = 1_500;

/** The local servers of the provider table that listen on their usual ports and list models; all are tried at once. */
export async function findLocalServers(catalog: ModelCatalog, system: System, signal: AbortSignal): Promise<readonly LocalServer[]> {
  const locals = catalog.providers().filter(({ group, baseUrl }) => group === 'local' && baseUrl !== undefined);
  const found = await Promise.all(
    locals.map(async (provider): Promise<readonly LocalServer[]> => {
      if (!(await listens(new URL(provider.baseUrl ?? '')))) return [];
      const deadline = system.deadline([signal], LIST_WAIT);
      try {
        return [{ provider, models: await catalog.models({ provider: provider.id }, deadline.signal) }];
      } catch (error) {
        // Something else listens there, or it is too slow to be of use.
        if (isPyraError(error) || deadline.signal.aborted) return [];
        throw error;
      } finally {
        deadline.dispose();
      }
    }),
  );
  signal.throwIfAborted();
  return found.flat();
}

function listens(url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname, port: Number(url.port || 80) });
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.setTimeout(CONNECT_WAIT, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

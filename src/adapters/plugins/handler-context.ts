import type { JsonObject } from '../../core/domain/json.js';
import type { PluginAnswers, PluginSettings } from '../../core/domain/plugin.js';
import { MAIN_ACCOUNT } from '../../core/domain/plugin-manifest.js';
import { FlowLimit } from '../support/flow-limit.js';
import type { RpcId } from '../support/json-rpc-frame.js';
import type { JsonRpcPeer } from '../support/json-rpc-peer.js';
import { RpcError } from '../support/rpc-error.js';
import type { ChildNotifications, ChildRequests } from './plugin-protocol.js';

/** The connection to the host. */
export type HostPeer = JsonRpcPeer<ChildRequests, ChildNotifications>;

const LONGEST_LINE = 4_000;
/** A longer one is left out, not cut: half a secret would not be known for one. */
const LONGEST_LOGGED = 64_000;

/** Makes what handlers are given besides their arguments. */
export class HandlerContexts {
  readonly #peer: HostPeer;
  readonly #dataDir: string;
  // A handler that tells much is no flood: what is more than a person can read is left out.
  readonly #lines = new FlowLimit({ burst: 200, perSecond: 20 });
  readonly #progress = new FlowLimit({ burst: 20, perSecond: 20 });

  constructor(peer: HostPeer, dataDir: string) {
    this.#peer = peer;
    this.#dataDir = dataDir;
  }

  /** The context of one request. */
  make(id: RpcId, params: JsonObject, signal: AbortSignal): object {
    const accounts = (params.settings ?? {}) as PluginSettings;
    return Object.freeze({
      settings: (accounts[MAIN_ACCOUNT] ?? {}) as PluginAnswers,
      accounts,
      secrets: Object.freeze({
        get: async (name: string): Promise<string | undefined> => {
          const { value } = await expected(this.#peer.request('secrets/get', { name: String(name) }, signal).answer);
          return value ?? undefined;
        },
        set: async (name: string, value: string): Promise<void> => {
          await expected(this.#peer.request('secrets/set', { name: String(name), value: String(value) }, signal).answer);
        },
      }),
      dataDir: this.#dataDir,
      log: (text: string): void => {
        if (!this.#lines.take(1)) return;
        const line = String(text);
        const data = line.length > LONGEST_LOGGED ? `(a text of ${line.length} characters is left out)` : line;
        this.#peer.notify('notifications/message', { data });
      },
      progress: (text: string): void => {
        if (!this.#progress.take(1) || typeof id !== 'number') return;
        this.#peer.notify('notifications/progress', { requestId: id, message: String(text).slice(0, LONGEST_LINE) });
      },
      signal,
    });
  }
}

/** What the host refuses in words, such as for a locked vault, is a failure to be expected: told by its name, it is no crash. */
async function expected<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw Object.assign(new Error(error.message), { name: 'ToolFailure' });
  }
}

import type { JsonObject, JsonValue } from '../../core/domain/json.js';
import type { PluginSettings } from '../../core/domain/plugin.js';

/** The most that one frame (a line of JSON-RPC 2.0 on stdio) may hold, in bytes. */
export const MAX_FRAME_BYTES = 4 * 1024 * 1024;

/** What the host asks the child; `initialize` is first. Every method has one answer, in any order. */
export interface HostRequests {
  readonly initialize: { readonly params: InitializeParams; readonly result: InitializeResult };
  readonly 'tools/call': { readonly params: CallParams; readonly result: CallResult };
  readonly 'tools/preview': { readonly params: CallParams; readonly result: { readonly text: string } };
  readonly check: { readonly params: { readonly account: string } & LiveParams; readonly result: { readonly text: string } };
}

/** What the child asks the host. */
export interface ChildRequests {
  readonly 'secrets/get': { readonly params: { readonly name: string }; readonly result: { readonly value: string | null } };
  readonly 'secrets/set': { readonly params: { readonly name: string; readonly value: string }; readonly result: Record<string, never> };
}

/** What the host tells the child without an answer: nothing but `notifications/cancelled` with the id of a request. */
export type HostNotifications = Record<never, never>;

/** What the child tells the host without an answer. */
export interface ChildNotifications {
  readonly 'notifications/progress': { readonly requestId: number; readonly message: string };
  readonly 'notifications/message': { readonly data: string };
}

/** What the child is told at the start. */
export interface InitializeParams {
  readonly api: 1;
  readonly name: string;
  /** The module to load, absolute. */
  readonly entry: string;
  readonly dataDir: string;
  /** PEM files (absolute) whose certificates are trusted for TLS besides Node's own. */
  readonly ca: readonly string[];
}

/** What the loaded code has. */
export interface InitializeResult {
  readonly tools: readonly string[];
  readonly previews: readonly string[];
  readonly check: boolean;
}

/** The settings go with every request, so that a change needs no restart. */
export interface LiveParams {
  readonly settings: PluginSettings;
}

/** One call of a tool or a preview. */
export interface CallParams extends LiveParams {
  /** The verb alone. */
  readonly name: string;
  readonly arguments: JsonObject;
}

/** `failed` for a {@link ToolFailure}; any other throw of a handler is `failed` too, with `crashed` set and only the error's name and message. */
export interface CallResult {
  readonly text: string;
  readonly data?: JsonValue;
  readonly source?: string;
  readonly outcome: 'ok' | 'failed';
  /** Whether the handler broke, rather than failed as it may. */
  readonly crashed?: boolean;
  /** Whether more than the limit was there and was cut. */
  readonly cut?: boolean;
}

import type { ModelEvent, ModelRef, ModelRequest, ProviderInfo } from '../core/domain/model.js';

/** A model that answers one request as a stream. */
export interface LanguageModel {
  readonly ref: ModelRef;
  /** The size of the model's context in tokens, prompt and answer together. */
  readonly contextTokens: number;
  /**
   * Streams the answer: any number of deltas and complete calls, then exactly one `end`, last. A failure makes the iteration throw a
   * PyraError `model/…` without any secret in it; what came before it stays valid. An abort throws the signal's AbortError within 1 s.
   */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

/** The providers that Pyra knows, and the way to open one of their models. */
export interface ModelCatalog {
  /** The provider table, in the order in which setup offers it. */
  providers(): readonly ProviderInfo[];
  /** Opens a model without contacting it; `model/not-found` for a provider that the table does not have, `settings/invalid` where a base URL is missing. */
  open(ref: ModelRef): Promise<LanguageModel>;
  /** The ids of the models that the endpoint lists (a GET, never a chat request); throws PyraError `model/…`. */
  models(endpoint: Omit<ModelRef, 'model'>, signal: AbortSignal): Promise<readonly string[]>;
}

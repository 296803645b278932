import type { ModelRef, ProviderInfo } from '../../core/domain/model.js';
import type { LanguageModel, ModelCatalog } from '../../ports/language-model.js';
import { proxyFor } from '../support/proxy.js';
import { Connection, type KeyReader } from './connection.js';
import { type Endpoint, resolveEndpoint } from './endpoint.js';
import type { listModels } from './model-list.js';
import { modelTraits } from './model-traits.js';
import type { OpenAiModel } from './openai-model.js';
import { PROVIDERS } from './providers.js';
import type { Fetch } from './sealed-fetch.js';

/** The context in tokens of a model that neither the table nor the settings know. */
const UNKNOWN_CONTEXT = 16_000;

/** The most that a model list may take, in milliseconds: a person waits for it. */
const LIST_MS = 15_000;

/** How long the platform's own `fetch` waits for a byte, in milliseconds. */
const PLATFORM_PATIENCE_MS = 300_000;

/** The parts that are slow to load, each loaded when it is first needed. */
export interface OpenAiLoaders {
  model(): Promise<{ readonly OpenAiModel: typeof OpenAiModel }>;
  list(): Promise<{ readonly listModels: typeof listModels }>;
  fetch(): Promise<{ patientFetch(proxy: string | undefined): Fetch }>;
}

/** What an OpenAiCatalog is made from. */
export interface OpenAiCatalogParts {
  readonly secrets: KeyReader;
  /** The most that one whole request may take, in milliseconds. */
  readonly timeoutMs: number;
  /** The context size in tokens of models that the data table does not know, as the settings give it. */
  readonly contextTokens?: number;
  /** Where `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are read. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly load: OpenAiLoaders;
}

/** The models of every OpenAI-compatible endpoint in the provider table. */
export class OpenAiCatalog implements ModelCatalog {
  readonly #parts: OpenAiCatalogParts;

  constructor(parts: OpenAiCatalogParts) {
    this.#parts = parts;
  }

  providers(): readonly ProviderInfo[] {
    return PROVIDERS;
  }

  async open(ref: ModelRef): Promise<LanguageModel> {
    const connection = this.#connect(ref);
    const { OpenAiModel } = await this.#parts.load.model();
    const { timeoutMs } = this.#parts;
    return new OpenAiModel({ ref, contextTokens: this.#contextTokens(ref, connection.endpoint), connection, timeoutMs });
  }

  async models(endpoint: Omit<ModelRef, 'model'>, signal: AbortSignal): Promise<readonly string[]> {
    const connection = this.#connect(endpoint);
    const { listModels } = await this.#parts.load.list();
    return listModels(connection, Math.min(LIST_MS, this.#parts.timeoutMs), signal);
  }

  #connect(ref: Omit<ModelRef, 'model'>): Connection {
    return new Connection(resolveEndpoint(ref), this.#parts.secrets, (endpoint) => this.#openFetch(endpoint));
  }

  async #openFetch(endpoint: Endpoint): Promise<Fetch> {
    const proxy = proxyFor(endpoint, this.#parts.environment);
    if (proxy === undefined && this.#parts.timeoutMs <= PLATFORM_PATIENCE_MS) return fetch;
    return (await this.#parts.load.fetch()).patientFetch(proxy);
  }

  /** A local server gives a model less room than the model could take, so its name says nothing there. */
  #contextTokens(ref: ModelRef, endpoint: Endpoint): number {
    const known = endpoint.provider.group === 'local' ? undefined : modelTraits(ref.model).contextTokens;
    return known ?? this.#parts.contextTokens ?? UNKNOWN_CONTEXT;
  }
}

import { PyraError } from '../../core/domain/errors.js';
import type { ModelRef, ProviderInfo } from '../../core/domain/model.js';
import type { LanguageModel, ModelCatalog } from '../../ports/language-model.js';

/** One provider of an in-memory catalog, with its models by id. */
export interface InMemoryProvider {
  readonly info: ProviderInfo;
  readonly models: Readonly<Record<string, LanguageModel>>;
}

/** A catalog of given models. For tests and for scripts that bring their own model. */
export class InMemoryCatalog implements ModelCatalog {
  readonly #providers: readonly InMemoryProvider[];

  constructor(providers: readonly InMemoryProvider[]) {
    this.#providers = providers;
  }

  providers(): readonly ProviderInfo[] {
    return this.#providers.map(({ info }) => info);
  }

  async open(ref: ModelRef): Promise<LanguageModel> {
    const provider = this.#provider(ref);
    const model = Object.hasOwn(provider.models, ref.model) ? provider.models[ref.model] : undefined;
    if (model === undefined) throw new PyraError('model/not-found', `${provider.info.displayName} has no model "${ref.model}"`);
    return model;
  }

  async models(endpoint: Omit<ModelRef, 'model'>, signal: AbortSignal): Promise<readonly string[]> {
    signal.throwIfAborted();
    return Object.keys(this.#provider(endpoint).models).sort();
  }

  #provider(ref: Omit<ModelRef, 'model'>): InMemoryProvider {
    const provider = this.#providers.find(({ info }) => info.id === ref.provider);
    if (provider === undefined) throw new PyraError('model/not-found', `there is no provider "${ref.provider}"`);
    if (provider.info.baseUrl === undefined && ref.baseUrl === undefined) {
      throw new PyraError('settings/invalid', `${provider.info.displayName} needs a base URL`, { hint: 'set ai.base_url' });
    }
    return provider;
  }
}

import { configuredModel } from '../../core/domain/configured-model.js';
import { isPyraError, PyraError } from '../../core/domain/errors.js';
import type { ModelRef } from '../../core/domain/model.js';
import type { Settings } from '../../core/domain/settings.js';
import type { ModelCatalog } from '../../ports/language-model.js';

/** Where a word of the command line may lead besides the model itself. */
export interface ModelFlags {
  readonly provider?: string;
  readonly baseUrl?: string;
}

/**
 * The model that the person means by `MODEL`, `PROVIDER` or `PROVIDER/MODEL`. A word that the provider in use lists as a model is that
 * model, since some providers' models have names with a slash. Throws `usage` where the provider or the model is missing.
 */
export async function chooseModel(
  word: string,
  flags: ModelFlags,
  settings: Settings,
  catalog: ModelCatalog,
  signal: AbortSignal,
): Promise<ModelRef> {
  const current = configuredModel(settings);
  const at = (provider: string, model: string): ModelRef => {
    const baseUrl = flags.baseUrl ?? (provider === current?.provider ? current.baseUrl : undefined);
    return { provider, model, ...(baseUrl === undefined ? {} : { baseUrl }) };
  };
  const providers = catalog.providers();
  if (flags.provider !== undefined) return at(flags.provider, word);

  const alone = providers.find(({ id }) => id === word);
  if (alone !== undefined) {
    if (alone.defaultModel !== undefined) return at(alone.id, alone.defaultModel);
    throw new PyraError('usage', `which model of ${alone.displayName}?`, {
      hint: `see: pyra model list ${alone.id}; then: pyra model use ${alone.id}/MODEL`,
    });
  }
  const slash = word.indexOf('/');
  const prefix = providers.find(({ id }) => slash > 0 && id === word.slice(0, slash));
  if (prefix !== undefined) {
    if (current !== undefined && prefix.id !== current.provider && (await lists(catalog, at(current.provider, word), signal))) {
      return at(current.provider, word);
    }
    return at(prefix.id, word.slice(slash + 1));
  }
  if (current !== undefined) return at(current.provider, word);
  throw new PyraError('usage', 'no provider is configured yet', {
    hint: `name one: pyra model use PROVIDER/MODEL; the providers are ${providers.map(({ id }) => id).join(', ')}`,
  });
}

/** Whether the endpoint lists the model; false also where it cannot be asked. */
async function lists(catalog: ModelCatalog, ref: ModelRef, signal: AbortSignal): Promise<boolean> {
  try {
    return (await catalog.models(ref, signal)).includes(ref.model);
  } catch (error) {
    if (isPyraError(error)) return false;
    throw error;
  }
}

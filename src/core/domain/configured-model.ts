import type { ModelRef } from './model.js';
import type { Settings } from './settings.js';

/** The model that the settings name; `undefined` where none is configured. */
export function configuredModel({ ai }: Pick<Settings, 'ai'>): ModelRef | undefined {
  if (ai.provider_id === undefined || ai.model === undefined) return undefined;
  return { provider: ai.provider_id, model: ai.model, ...(ai.base_url === undefined ? {} : { baseUrl: ai.base_url }) };
}

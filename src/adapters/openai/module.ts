import { ContainerModule } from 'inversify';
import { provide, tokens } from '../../tokens.js';
import { OpenAiCatalog } from './openai-catalog.js';

/** Binds the model catalog; the vendor's client is loaded when a model is used. */
export const openaiModule = new ContainerModule(({ bind }) => {
  provide(bind, tokens.models, [tokens.secrets, tokens.settings, tokens.environment], (secrets, settings, environment) => {
    return new OpenAiCatalog({
      secrets,
      environment,
      timeoutMs: settings.ai.timeout_seconds * 1000,
      ...(settings.ai.context_tokens === undefined ? {} : { contextTokens: settings.ai.context_tokens }),
      load: {
        model: () => import('./openai-model.js'),
        list: () => import('./model-list.js'),
        fetch: () => import('./patient-fetch.js'),
      },
    });
  });
});

import { ContainerModule } from 'inversify';
import { provide, tokens } from '../../tokens.js';

/** Binds the model catalog; the vendor's client is loaded when a model is used. */
export const openaiModule = new ContainerModule(({ bind }) => {
  provide(bind, tokens.models, [tokens.secrets, tokens.settings, tokens.environment], async (secrets, settings, environment) => {
    const { OpenAiCatalog } = await import('./openai-catalog.js');
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

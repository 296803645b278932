import { setTimeout as pause } from 'node:timers/promises';
import { InMemoryCatalog } from '../../src/adapters/in-memory/in-memory-catalog.js';
import { ScriptedModel, type ScriptedRound } from '../../src/adapters/in-memory/scripted-model.js';
import { OpenAiCatalog } from '../../src/adapters/openai/openai-catalog.js';
import { OpenAiModel } from '../../src/adapters/openai/openai-model.js';
import { PyraError } from '../../src/core/domain/errors.js';
import type { ModelEvent } from '../../src/core/domain/model.js';
import { RetryingModel } from '../../src/core/usecases/retrying-model.js';
import type { System } from '../../src/ports/system.js';
import { FakeSystem } from '../support/fake-system.js';
import { type ModelStep, startModelServer } from '../support/model-server.js';
import { openCatalog, openModel } from '../support/open-model.js';
import { KEY, languageModelContract, type ModelBehaviour } from './language-model.contract.js';
import { modelCatalogContract } from './model-catalog.contract.js';

const STATUS: Readonly<Record<string, number>> = {
  'model/auth': 401,
  'model/not-found': 404,
  'model/rate-limited': 429,
  'model/overloaded': 503,
  'model/context-overflow': 400,
};

languageModelContract({
  name: OpenAiModel.name,
  create: async (behaviours) => {
    const server = await startModelServer(behaviours.map(stepOf));
    return { port: openModel(server.url, { key: KEY }), dispose: () => server.close() };
  },
});

languageModelContract({
  name: `${RetryingModel.name} over ${OpenAiModel.name}`,
  create: async (behaviours) => {
    // Five times the same failure: the retries must end in it.
    const steps = behaviours.flatMap((behaviour) => Array.from({ length: behaviour.does === 'fail' ? 5 : 1 }, () => stepOf(behaviour)));
    const server = await startModelServer(steps);
    const model = new RetryingModel(openModel(server.url, { key: KEY }), new FakeSystem() as unknown as System);
    return { port: model, dispose: () => server.close() };
  },
});

languageModelContract({
  name: ScriptedModel.name,
  create: async (behaviours) => {
    let ms = 0;
    const rounds = behaviours.map((behaviour): ScriptedRound => {
      if (behaviour.does === 'answer') ms = behaviour.pause ?? 0;
      return roundOf(behaviour);
    });
    return { port: new ScriptedModel(rounds, { beforeEvent: async () => (ms === 0 ? undefined : pause(ms)) }) };
  },
});

modelCatalogContract({
  name: OpenAiCatalog.name,
  create: async (models) => {
    const server = await startModelServer([{ text: 'hello' }], { models });
    return { port: openCatalog(), endpoint: { provider: 'openai-compatible', baseUrl: server.url }, dispose: () => server.close() };
  },
});

modelCatalogContract({
  name: InMemoryCatalog.name,
  create: async (models) => {
    const model = new ScriptedModel([
      [
        { type: 'text-delta', text: 'hello' },
        { type: 'end', reason: 'stop' },
      ],
    ]);
    const info = { id: 'own', displayName: 'Own', needsKey: false, check: 'models', group: 'other' } as const;
    const port = new InMemoryCatalog([{ info, models: Object.fromEntries(models.map((id) => [id, model])) }]);
    return { port, endpoint: { provider: 'own', baseUrl: 'http://127.0.0.1:1/v1' } };
  },
});

function stepOf(behaviour: ModelBehaviour): ModelStep {
  switch (behaviour.does) {
    case 'answer':
      return {
        text: behaviour.text,
        usage: { input: behaviour.usage.inputTokens, output: behaviour.usage.outputTokens },
        calls: (behaviour.calls ?? []).map(({ id, tool, args }) => ({ id, name: tool.replace('.', '__'), args })),
        ...(behaviour.reasoning === undefined ? {} : { reasoning: behaviour.reasoning }),
        ...(behaviour.pause === undefined ? {} : { pause: behaviour.pause }),
      };
    case 'break-off':
      return { fault: 'cut', text: behaviour.text };
    case 'garble-call':
      return { calls: [{ name: behaviour.tool.replace('.', '__'), args: '{"query": "x' }] };
    case 'fail': {
      const overflow = behaviour.code === 'model/context-overflow' ? { code: 'context_length_exceeded' } : {};
      return {
        fault: 'status',
        status: STATUS[behaviour.code] ?? 500,
        ...(behaviour.retryAfterMs === undefined ? {} : { headers: { 'retry-after': String(behaviour.retryAfterMs / 1000) } }),
        body: { error: { message: `not with the key ${KEY}`, ...overflow } },
      };
    }
  }
}

function roundOf(behaviour: ModelBehaviour): ScriptedRound {
  switch (behaviour.does) {
    case 'answer': {
      const calls = (behaviour.calls ?? []) as readonly { id: never; tool: never; args: never }[];
      return [
        ...(behaviour.reasoning === undefined ? [] : [{ type: 'reasoning-delta', text: behaviour.reasoning } as const]),
        ...behaviour.text.map((text): ModelEvent => ({ type: 'text-delta', text })),
        ...calls.map((call): ModelEvent => ({ type: 'tool-call', call })),
        { type: 'end', reason: calls.length > 0 ? 'tool-calls' : 'stop', usage: behaviour.usage },
      ];
    }
    case 'break-off':
      return [{ type: 'text-delta', text: behaviour.text }];
    case 'garble-call':
      return new PyraError('model/bad-response', `the model called ${behaviour.tool} with arguments that are not a JSON object`);
    case 'fail':
      return new PyraError(behaviour.code, 'the script fails', {
        hint: 'mend the script',
        retryable: behaviour.retryAfterMs !== undefined,
        ...(behaviour.retryAfterMs === undefined ? {} : { retryAfterMs: behaviour.retryAfterMs }),
      });
  }
}

import { Connection, type KeyReader } from '../../src/adapters/openai/connection.js';
import { resolveEndpoint } from '../../src/adapters/openai/endpoint.js';
import { listModels } from '../../src/adapters/openai/model-list.js';
import { OpenAiCatalog } from '../../src/adapters/openai/openai-catalog.js';
import { OpenAiModel } from '../../src/adapters/openai/openai-model.js';
import { patientFetch } from '../../src/adapters/openai/patient-fetch.js';
import type { SecretName } from '../../src/core/domain/identifiers.js';
import { Secret } from '../../src/core/domain/secret.js';

/** What a test may choose of an OpenAiModel. */
export interface OpenModelOptions {
  readonly provider?: string;
  readonly model?: string;
  readonly key?: string;
  readonly timeoutMs?: number;
}

/** The real model adapter, pointed at a server of the test. */
export function openModel(url: string, options: OpenModelOptions = {}): OpenAiModel {
  const ref = { provider: options.provider ?? 'openai-compatible', model: options.model ?? 'test-model', baseUrl: url };
  const connection = new Connection(resolveEndpoint(ref), keysOf({ [ref.provider]: options.key }), async () => fetch);
  return new OpenAiModel({ ref, contextTokens: 16_000, connection, timeoutMs: options.timeoutMs ?? 5_000 });
}

/** What a test may choose of an OpenAiCatalog. */
export interface OpenCatalogOptions {
  /** Provider → its key in the vault. */
  readonly keys?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly contextTokens?: number;
  readonly timeoutMs?: number;
}

/** The real catalog with keys of the test. */
export function openCatalog(options: OpenCatalogOptions = {}): OpenAiCatalog {
  return new OpenAiCatalog({
    secrets: keysOf(options.keys ?? {}),
    timeoutMs: options.timeoutMs ?? 5_000,
    environment: options.environment ?? {},
    ...(options.contextTokens === undefined ? {} : { contextTokens: options.contextTokens }),
    load: {
      model: async () => ({ OpenAiModel }),
      list: async () => ({ listModels }),
      fetch: async () => ({ patientFetch }),
    },
  });
}

/** A vault of these keys. */
export function keysOf(keys: Readonly<Record<string, string | undefined>>): KeyReader {
  const known = Object.entries(keys).filter(([, value]) => value !== undefined);
  return {
    names: async () => known.map(([name]) => name as SecretName),
    get: async (name) => (keys[name] === undefined ? undefined : new Secret(keys[name])),
  };
}

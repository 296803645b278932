import type { ProviderInfo } from '../../core/domain/model.js';

/** In what a provider differs from the OpenAI API, as data. */
export interface ProviderQuirks {
  /** The name of the option that limits the answer. */
  readonly maxTokens: 'max_tokens' | 'max_completion_tokens';
  /** Whether `stream_options` is understood; without it usage is in the last chunk by itself or not at all. */
  readonly streamOptions: boolean;
  /** The fields of an answer that must come back with the same message in later requests, or the provider refuses them. */
  readonly returns: readonly ('reasoning_content' | 'reasoning_details' | 'extra_content')[];
  /** The header that carries the key; `authorization` means `Bearer KEY`. */
  readonly keyHeader: 'authorization' | 'api-key';
  /** The same for the model list, where it differs, with the headers that it demands and the query that makes it whole. */
  readonly list?: {
    readonly keyHeader: 'x-api-key';
    readonly headers: Readonly<Record<string, string>>;
    readonly query: Readonly<Record<string, string>>;
  };
  /** What ids of the model list start with and requests do without. */
  readonly listPrefix?: string;
  /** The only form of call ids that is accepted. */
  readonly callIds: 'any' | 'nine-alphanumerics';
  /** Whether calls in the history demand that their tools are declared again. */
  readonly historyNeedsTools: boolean;
  /** The query that deployment addresses need. */
  readonly deploymentVersion?: string;
}

/** One row of the provider table with its quirks. */
export interface Provider extends ProviderInfo {
  readonly quirks: ProviderQuirks;
  /** Where a person gets a key, or how the local server is started. */
  readonly advice?: string;
}

const PLAIN: ProviderQuirks = {
  maxTokens: 'max_tokens',
  streamOptions: true,
  returns: [],
  keyHeader: 'authorization',
  callIds: 'any',
  historyNeedsTools: false,
};

type Row = Omit<Provider, 'quirks' | 'check' | 'group' | 'needsKey'> & { readonly quirks?: Partial<ProviderQuirks> };

const cloud = ({ quirks, ...row }: Row): Provider => ({
  ...row,
  needsKey: true,
  check: 'models',
  group: 'cloud',
  quirks: { ...PLAIN, ...quirks },
});

const local = ({ quirks, ...row }: Row): Provider => ({
  ...row,
  needsKey: false,
  check: 'models',
  group: 'local',
  quirks: { ...PLAIN, ...quirks },
});

/** Every provider that Pyra knows, in the order in which setup offers them. A new one is one entry here. */
export const PROVIDERS: readonly Provider[] = [
  cloud({
    id: 'openai',
    displayName: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    keyVariable: 'OPENAI_API_KEY',
    defaultModel: 'gpt-5.5',
    advice: 'keys are made at https://platform.openai.com/api-keys',
    quirks: { maxTokens: 'max_completion_tokens' },
  }),
  cloud({
    id: 'anthropic',
    displayName: 'Anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    keyVariable: 'ANTHROPIC_API_KEY',
    defaultModel: 'claude-sonnet-5',
    advice: 'keys are made at https://console.anthropic.com/settings/keys',
    quirks: {
      list: { keyHeader: 'x-api-key', headers: { 'anthropic-version': '2023-06-01' }, query: { limit: '1000' } },
      historyNeedsTools: true,
    },
  }),
  cloud({
    id: 'gemini',
    displayName: 'Google Gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    keyVariable: 'GEMINI_API_KEY',
    defaultModel: 'gemini-flash-latest',
    advice: 'keys are made at https://aistudio.google.com/apikey',
    quirks: { returns: ['extra_content'], listPrefix: 'models/' },
  }),
  cloud({
    id: 'mistral',
    displayName: 'Mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    keyVariable: 'MISTRAL_API_KEY',
    defaultModel: 'mistral-medium-latest',
    advice: 'keys are made at https://console.mistral.ai/api-keys',
    quirks: { streamOptions: false, callIds: 'nine-alphanumerics' },
  }),
  cloud({
    id: 'groq',
    displayName: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    keyVariable: 'GROQ_API_KEY',
    defaultModel: 'openai/gpt-oss-120b',
    advice: 'keys are made at https://console.groq.com/keys',
    quirks: { maxTokens: 'max_completion_tokens' },
  }),
  cloud({
    id: 'deepseek',
    displayName: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com/v1',
    keyVariable: 'DEEPSEEK_API_KEY',
    defaultModel: 'deepseek-v4-flash',
    advice: 'keys are made at https://platform.deepseek.com/api_keys',
    quirks: { returns: ['reasoning_content'] },
  }),
  cloud({
    id: 'xai',
    displayName: 'xAI',
    baseUrl: 'https://api.x.ai/v1',
    keyVariable: 'XAI_API_KEY',
    defaultModel: 'grok-4.5',
    advice: 'keys are made at https://console.x.ai',
  }),
  cloud({
    id: 'openrouter',
    displayName: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    keyVariable: 'OPENROUTER_API_KEY',
    defaultModel: 'openrouter/auto',
    advice: 'keys are made at https://openrouter.ai/keys',
    quirks: { returns: ['reasoning_details'] },
  }),
  cloud({
    id: 'together',
    displayName: 'Together',
    baseUrl: 'https://api.together.xyz/v1',
    keyVariable: 'TOGETHER_API_KEY',
    defaultModel: 'moonshotai/Kimi-K2.6',
    advice: 'keys are made at https://api.together.ai/settings/api-keys',
  }),
  cloud({
    id: 'moonshot',
    displayName: 'Moonshot',
    baseUrl: 'https://api.moonshot.ai/v1',
    keyVariable: 'MOONSHOT_API_KEY',
    defaultModel: 'kimi-k2.6',
    advice: 'keys are made at https://platform.moonshot.ai/console/api-keys',
    quirks: { returns: ['reasoning_content'] },
  }),
  cloud({
    id: 'azure',
    displayName: 'Azure OpenAI',
    keyVariable: 'AZURE_OPENAI_API_KEY',
    advice: 'the base URL is https://RESOURCE.openai.azure.com/openai/v1, and the model is the name of your deployment',
    quirks: { maxTokens: 'max_completion_tokens', keyHeader: 'api-key', deploymentVersion: '2024-10-21' },
  }),
  local({ id: 'ollama', displayName: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1', advice: 'start it with: ollama serve' }),
  local({ id: 'lmstudio', displayName: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1', advice: 'start it with: lms server start' }),
  local({
    id: 'llamacpp',
    displayName: 'llama.cpp',
    baseUrl: 'http://127.0.0.1:8080/v1',
    advice: 'start it with: llama-server -m MODEL.gguf --jinja',
  }),
  local({ id: 'vllm', displayName: 'vLLM', baseUrl: 'http://127.0.0.1:8000/v1', advice: 'start it with: vllm serve MODEL' }),
  {
    id: 'openai-compatible',
    displayName: 'OpenAI-compatible server',
    needsKey: false,
    check: 'models',
    group: 'other',
    quirks: PLAIN,
  },
];

/** The row with this id, if the table has one. */
export function findProvider(id: string): Provider | undefined {
  return PROVIDERS.find((provider) => provider.id === id);
}

/** What is known of a model by its name. */
export interface ModelTraits {
  /** The size of the context in tokens, prompt and answer together. */
  readonly contextTokens?: number;
  /** Whether it takes images; absent when that is not known. */
  readonly images?: boolean;
}

/** The first pattern that matches the model's name, after any `vendor/`, decides. Sizes are the vendors' own, the smaller one where hosts differ. */
const TRAITS: readonly (readonly [pattern: RegExp, traits: ModelTraits])[] = [
  [/^gpt-oss/, { contextTokens: 131_072, images: false }],
  [/^gpt-5/, { contextTokens: 400_000, images: true }],
  [/^gpt-4\.1/, { contextTokens: 1_047_576, images: true }],
  [/^(chatgpt-4o|gpt-4o)/, { contextTokens: 128_000, images: true }],
  [/^gpt-4-turbo/, { contextTokens: 128_000, images: true }],
  [/^gpt-4/, { contextTokens: 8_192, images: false }],
  [/^gpt-3\.5/, { contextTokens: 16_385, images: false }],
  [/^o[134]-mini/, { contextTokens: 128_000 }],
  [/^o[134]/, { contextTokens: 200_000, images: true }],
  [/^claude-/, { contextTokens: 200_000, images: true }],
  [/^gemini-/, { contextTokens: 1_048_576, images: true }],
  [/^gemma-?[34]/, { contextTokens: 131_072, images: true }],
  [/^(codestral|devstral|magistral)/, { contextTokens: 128_000, images: false }],
  [/^(pixtral|mistral-(medium|small|large)-)/, { contextTokens: 128_000, images: true }],
  [/^(ministral|mistral|open-mistral|mixtral)/, { contextTokens: 32_768 }],
  [/^deepseek-v4/, { contextTokens: 1_000_000, images: false }],
  [/^deepseek/, { contextTokens: 128_000, images: false }],
  [/^grok-4(\.\d+)?-fast/, { contextTokens: 2_000_000, images: true }],
  [/^grok-4/, { contextTokens: 256_000, images: true }],
  [/^grok-/, { contextTokens: 131_072 }],
  [/^kimi-k2/, { contextTokens: 256_000 }],
  [/^qwen.*-vl/, { contextTokens: 131_072, images: true }],
  [/^qwen3/, { contextTokens: 131_072 }],
  [/^qwen/, { contextTokens: 32_768 }],
  [/^(meta-)?llama-?4/, { contextTokens: 131_072, images: true }],
  [/^(meta-)?llama-?3\.[123]/, { contextTokens: 131_072 }],
  [/^(meta-)?llama-?3/, { contextTokens: 8_192, images: false }],
  [/^glm-/, { contextTokens: 128_000 }],
  [/^minimax/, { contextTokens: 196_608 }],
  [/^auto$/, { contextTokens: 128_000 }],
];

/** What is known of a model by its name, such as `gpt-5.5`, `anthropic/claude-sonnet-5` or `models/gemini-flash-latest`. */
export function modelTraits(model: string): ModelTraits {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return TRAITS.find(([pattern]) => pattern.test(name))?.[1] ?? {};
}

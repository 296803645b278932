import type { TokenUsage } from './model.js';

/** What a model costs, in US dollars for a million tokens, without discounts for caches and without surcharges for long prompts. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
}

/** List prices of July 2026 by the name of the model. */
const PRICES: Readonly<Record<string, readonly [input: number, output: number]>> = {
  'gpt-5.5': [5, 30],
  'gpt-5.5-pro': [30, 180],
  'gpt-5.4': [2.5, 15],
  'gpt-5.4-mini': [0.75, 4.5],
  'gpt-5.4-nano': [0.2, 1.25],
  'gpt-4.1': [2, 8],
  'gpt-4.1-mini': [0.4, 1.6],
  'gpt-4.1-nano': [0.1, 0.4],
  'gpt-4o': [2.5, 10],
  'gpt-4o-mini': [0.15, 0.6],
  'claude-sonnet-5': [3, 15],
  'claude-sonnet-4': [3, 15],
  'claude-haiku-4-5': [1, 5],
  'gemini-2.5-pro': [1.25, 10],
  'gemini-2.5-flash': [0.3, 2.5],
  'grok-4.5': [2, 6],
  'kimi-k2.6': [0.95, 4],
  'deepseek-v4-pro': [1.74, 3.48],
};

/** Where a model runs on the person's own machine. */
const LOCAL = new Set(['ollama', 'lmstudio', 'llamacpp', 'vllm']);

/**
 * The price of a model of a provider; `undefined` where it is not known. A longer name may be another model (`gpt-5.5-turbo`), so that
 * only a date, `latest` or `preview` may follow a known one.
 */
export function modelPrice(provider: string, model: string): ModelPrice | undefined {
  if (LOCAL.has(provider)) return { input: 0, output: 0 };
  const name = model
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/[-@](?:latest|preview|\d{4}-?\d{2}-?\d{2}|\d{2}-\d{4}|\d{8})$/, '');
  const price = Object.hasOwn(PRICES, name) ? PRICES[name] : undefined;
  return price === undefined ? undefined : { input: price[0], output: price[1] };
}

/** What tokens cost in US dollars; `undefined` where the price is not known. */
export function usageCost(provider: string, model: string, usage: TokenUsage): number | undefined {
  const price = modelPrice(provider, model);
  return price === undefined ? undefined : (usage.inputTokens * price.input + usage.outputTokens * price.output) / 1_000_000;
}

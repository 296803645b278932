import { expect } from 'chai';
import { modelPrice, usageCost } from '../../../../src/core/domain/model-price.js';

describe('the price of a model', () => {
  it('is found by name, with a date or a vendor around it', () => {
    const price = { input: 3, output: 15 };
    for (const name of ['claude-sonnet-5', 'anthropic/claude-sonnet-5', 'claude-sonnet-5-20260929', 'Claude-Sonnet-5-latest']) {
      expect(modelPrice('anthropic', name), name).to.deep.equal(price);
    }
  });

  it('is not guessed for a longer name', () => {
    for (const name of ['gpt-5.5-turbo', 'gpt-5', 'constructor', '']) expect(modelPrice('openai', name), name).to.equal(undefined);
  });

  it('is nothing on the own machine', () => {
    expect(usageCost('ollama', 'anything', { inputTokens: 5, outputTokens: 5 })).to.equal(0);
  });

  it('counts input and output apart, per million', () => {
    expect(usageCost('openai', 'gpt-4o', { inputTokens: 1_000_000, outputTokens: 500_000 })).to.equal(7.5);
  });
});

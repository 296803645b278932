import { expect } from 'chai';
import fc from 'fast-check';
import type { CallId, ToolName } from '../../../../src/core/domain/identifiers.js';
import type { PromptMessage } from '../../../../src/core/domain/model.js';
import {
  correctionFactor,
  estimateMessageTokens,
  estimateTokens,
  firstWithinBudget,
  shortenResults,
  utf8Bytes,
} from '../../../../src/core/domain/token-budget.js';

describe('token budget', () => {
  it('counts the bytes of UTF-8 for any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => utf8Bytes(text) === new TextEncoder().encode(text).length));
  });

  it('counts a lone surrogate as the three bytes of its replacement', () => {
    expect(utf8Bytes('\ud800')).to.equal(3);
    expect(utf8Bytes('a\udc00')).to.equal(4);
  });

  it('estimates bytes / 3.5, rounded up', () => {
    expect(estimateTokens('1234567')).to.equal(2);
    expect(estimateTokens('12345678')).to.equal(3);
  });

  it('counts the arguments of calls and the images', () => {
    const plain = estimateMessageTokens({ role: 'assistant', text: 'x', calls: [] });
    const calling = estimateMessageTokens({
      role: 'assistant',
      text: 'x',
      calls: [{ id: 'c' as CallId, tool: 'a.b' as ToolName, args: { text: 'y'.repeat(350) } }],
    });
    expect(calling - plain).to.be.greaterThan(100);
    expect(estimateMessageTokens({ role: 'user', text: '', images: [{ mediaType: 'image/png', base64: '' }] })).to.be.greaterThan(1_000);
  });

  it('keeps a correction between a half and three', () => {
    expect(correctionFactor(100, 150)).to.equal(1.5);
    expect(correctionFactor(100, 1)).to.equal(0.5);
    expect(correctionFactor(100, 10_000)).to.equal(3);
    expect(correctionFactor(0, 10)).to.equal(1);
  });

  const sequence = (starts: string, size: number) => ({
    length: starts.length,
    tokens: () => size,
    startsExchange: (index: number) => starts[index] === 'u',
  });

  it('cuts only where the person speaks', () => {
    expect(firstWithinBudget(sequence('uatauau', 10), 45)).to.equal(4);
    expect(firstWithinBudget(sequence('uatauau', 10), 30)).to.equal(4);
    expect(firstWithinBudget(sequence('uatauau', 10), 29)).to.equal(6);
    expect(firstWithinBudget(sequence('uatauau', 10), 70)).to.equal(0);
  });

  it('keeps the last exchange whatever its size', () => {
    expect(firstWithinBudget(sequence('uauatat', 10), 5)).to.equal(2);
  });

  it('keeps everything that fits and never more than the budget beyond the last exchange', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('u', 'a', 't'), { minLength: 1, maxLength: 30 }), fc.nat(300), (roles, budget) => {
        const starts = `u${roles.join('')}`;
        const first = firstWithinBudget(sequence(starts, 10), budget);
        const last = starts.lastIndexOf('u');
        expect(starts[first]).to.equal('u');
        if (first < last) expect((starts.length - first) * 10).to.be.at.most(budget);
        const before = starts.lastIndexOf('u', first - 1);
        if (first > 0) expect((starts.length - before) * 10).to.be.greaterThan(budget);
      }),
    );
  });

  it('looks no further back than needed', () => {
    let lowest = Number.POSITIVE_INFINITY;
    firstWithinBudget(
      {
        length: 1_000_000,
        tokens: (index) => {
          lowest = Math.min(lowest, index);
          return 10;
        },
        startsExchange: () => true,
      },
      100,
    );
    expect(lowest).to.be.greaterThan(999_980);
  });

  it('shortens the oldest results first and leaves the newest whole', () => {
    const tool = (text: string): PromptMessage => ({ role: 'tool', call: 'c' as CallId, tool: 'a.b' as ToolName, text });
    const messages = [tool('x'.repeat(3_500)), tool('y'.repeat(3_500)), tool('z'.repeat(3_500))];
    const shorter = shortenResults(messages, 2_100, () => 'left out');
    expect(shorter.map((message) => message.text[0])).to.deep.equal(['l', 'y', 'z']);
    expect(shortenResults(messages, 10, () => 'left out').at(-1)?.text).to.equal('z'.repeat(3_500));
  });
});

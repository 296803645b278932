import { expect } from 'chai';
import type { ToolMessage } from '../../../../src/core/domain/message.js';
import { resultForModel } from '../../../../src/core/domain/tool-result.js';

const message = (text: string, external = false): ToolMessage => ({
  role: 'tool',
  result: { call: 'c1' as never, tool: 'a.b' as never, text, outcome: 'ok' },
  provenance: external ? { kind: 'external', source: 'mail' } : { kind: 'own' },
  boundary: 'B1',
  at: '2026-01-01T00:00:00.000Z' as never,
});

describe('a result for the model', () => {
  it('is given whole up to 4,000 characters', () => {
    expect(resultForModel(message('x'.repeat(4_000)))).to.equal('x'.repeat(4_000));
  });

  it('is cut after that and says how to read on', () => {
    const cut = resultForModel(message('x'.repeat(18_312)));
    expect(cut).to.equal(`${'x'.repeat(4_000)}\n[characters 1–4000 of 18312; read on: result.read {"call":"c1","from":4001}]`);
  });

  it('reads on from a character and says when the end is reached', () => {
    const text = `${'x'.repeat(5_000)}end`;
    expect(resultForModel(message(text), 4_001)).to.equal(`${'x'.repeat(1_000)}end\n[characters 4001–5003 of 5003]`);
  });

  it('does not split a surrogate pair', () => {
    const cut = resultForModel(message(`${'x'.repeat(3_999)}👍 and more`));
    expect(cut.split('\n')[0]).to.equal('x'.repeat(3_999));
  });

  it('is fenced when it is external, the line about the rest outside the fence', () => {
    const cut = resultForModel(message('y'.repeat(5_000), true));
    expect(cut).to.match(/^<external source="mail" boundary="B1">\ny+\n<\/external boundary="B1">\n\[characters 1–4000 of 5000/);
  });
});

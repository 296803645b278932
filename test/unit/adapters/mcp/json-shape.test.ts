import { expect } from 'chai';
import { jsonShapeFault } from '../../../../src/adapters/mcp/json-shape.js';
import { tamed } from '../../../../src/adapters/mcp/tamed-message.js';

describe('what is looked at before and after JSON is parsed', () => {
  const fault = (text: string): string | undefined => jsonShapeFault(Buffer.from(text));
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

  it('allows 64 levels', () => {
    expect(fault(nested(64))).to.equal(undefined);
    expect(fault(nested(65))).to.equal('is nested more than 64 deep');
    expect(fault('{"a":'.repeat(65))).to.equal('is nested more than 64 deep');
    expect(fault('[]'.repeat(1_000))).to.equal(undefined);
  });

  it('allows 250000 values', () => {
    expect(fault(`[${'0,'.repeat(200_000)}0]`)).to.equal(undefined);
    expect(fault(`[${'0,'.repeat(250_000)}0]`)).to.equal('holds more than 250000 values');
    expect(fault(`[${'{},'.repeat(130_000)}0]`)).to.equal('holds more than 250000 values');
  });

  it('looks at nothing inside of strings', () => {
    for (const text of ['['.repeat(100), ','.repeat(300_000), '\\"['.repeat(100), '\\\\'.repeat(100), '\\u005b'.repeat(100)]) {
      expect(fault(`["${text}"]`)).to.equal(undefined);
    }
    expect(fault(`["\\\\"${'['.repeat(64)}`)).to.equal('is nested more than 64 deep');
    expect(fault(`["${'['.repeat(100)}`), 'a string without end').to.equal(undefined);
  });

  it('looks through ten megabytes in a moment, whatever they are', () => {
    for (const piece of ['x', '\\"', '\\\\', '"a"', ' ']) {
      const bytes = Buffer.from(`["${piece.repeat(10_000_000 / piece.length)}"]`);
      const at = performance.now();
      jsonShapeFault(bytes);
      expect(performance.now() - at).to.be.below(1_000);
    }
  });

  it('takes members out that would become prototypes, at every level', () => {
    const value = JSON.parse('{"__proto__":{"a":1},"b":[{"__proto__":{"a":1},"constructor":1}]}');
    expect(tamed(value)).to.equal(undefined);
    expect(JSON.stringify(value)).to.equal('{"b":[{"constructor":1}]}');
  });

  it('bounds what was parsed elsewhere alike', () => {
    expect(tamed(JSON.parse(nested(65)))).to.equal(undefined);
    expect(tamed(JSON.parse(nested(66)))).to.equal('is nested more than 64 deep');
    expect(tamed(Array.from({ length: 250_001 }, () => 0))).to.equal('holds more than 250000 values');
  });
});

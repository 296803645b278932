import { expect } from 'chai';
import fc from 'fast-check';
import { decisionOf } from '../../../../src/core/domain/approval-decision.js';
import { argumentAt, argumentLeaves, isDestination, isNothing } from '../../../../src/core/domain/argument-paths.js';
import { bounded, cleanOutput } from '../../../../src/core/domain/clean-output.js';
import { frozenCopy } from '../../../../src/core/domain/frozen-json.js';
import { canonicalJson, type JsonObject } from '../../../../src/core/domain/json.js';
import { acceptedDefinition } from '../../../../src/core/domain/tool-definition.js';

describe('paths of arguments', () => {
  it('name every leaf, and find it again', () => {
    const args = { to: 'a', list: [{ mail: 'b' }, { mail: 'c' }], empty: [], deep: { x: null } };
    expect(argumentLeaves(args).map(({ path }) => path)).to.deep.equal(['to', 'list.0.mail', 'list.1.mail', 'empty', 'deep.x']);
    for (const { path, value } of argumentLeaves(args)) expect(argumentAt(args, path)).to.deep.equal(value);
    expect(argumentAt(args, 'list.mail')).to.deep.equal(['b', 'c']);
    expect(argumentAt(args, 'to.x')).to.equal(undefined);
    expect(argumentAt(args, 'constructor')).to.equal(undefined);
  });

  it('quote names that could be taken for paths', () => {
    expect(argumentLeaves({ 'a.b': 1, '': 2, 'x=y': 3 }).map(({ path }) => path)).to.deep.equal(['"a.b"', '""', '"x=y"']);
    expect(argumentAt({ 'a.b': 1 }, 'a.b')).to.equal(undefined);
  });

  it('tell destinations below a path, without positions', () => {
    expect(isDestination('to', ['to'])).to.equal(true);
    expect(isDestination('to.0', ['to'])).to.equal(true);
    expect(isDestination('guests.3.mail', ['guests.mail'])).to.equal(true);
    expect(isDestination('tone', ['to'])).to.equal(false);
    expect(isDestination('"to.x"', ['to'])).to.equal(false);
  });

  it('tell what says nothing', () => {
    for (const value of [undefined, null, '', [], {}, ['', null]]) expect(isNothing(value)).to.equal(true);
    for (const value of [0, false, 'a', ['a'], { a: 1 }]) expect(isNothing(value)).to.equal(false);
  });
});

describe('a frozen copy', () => {
  it('equals the value, is frozen throughout and has nothing to do with it any more', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const plain = JSON.parse(JSON.stringify(value));
        fc.pre(!JSON.stringify(plain).includes('__proto__'));
        const copy = frozenCopy(plain);
        expect(canonicalJson(copy)).to.equal(canonicalJson(plain));
        const check = (one: unknown): void => {
          if (typeof one !== 'object' || one === null) return;
          expect(Object.isFrozen(one)).to.equal(true);
          Object.values(one).forEach(check);
        };
        check(copy);
      }),
    );
  });

  it('reads a getter once', () => {
    let reads = 0;
    const copy = frozenCopy({
      get to() {
        reads += 1;
        return `read ${reads}`;
      },
    }) as JsonObject;
    expect([copy.to, copy.to]).to.deep.equal(['read 1', 'read 1']);
  });

  it('refuses what is not JSON', () => {
    const round: Record<string, unknown> = {};
    round.self = round;
    for (const value of [undefined, () => 1, 1n, Number.NaN, Symbol('x'), round, JSON.parse('{"__proto__":1}')]) {
      expect(() => frozenCopy(value)).to.throw(TypeError);
    }
  });
});

describe('a decision from outside', () => {
  it('passes when it is one, without anything that was added', () => {
    expect(decisionOf({ outcome: 'allow', scope: 'once', by: 'person', extra: 1 })).to.deep.equal({
      outcome: 'allow',
      scope: 'once',
      by: 'person',
    });
    expect(decisionOf({ outcome: 'deny', by: 'timeout', note: 'x' })).to.deep.equal({ outcome: 'deny', by: 'timeout', note: 'x' });
  });

  it('denies otherwise', () => {
    const denied = { outcome: 'deny', by: 'unavailable' };
    fc.assert(
      fc.property(fc.anything(), (answer) => {
        expect(decisionOf(answer)).to.deep.equal(denied);
      }),
    );
    for (const answer of [
      { outcome: 'edit', args: [], by: 'person' },
      { outcome: 'edit', args: {}, by: 'rule' },
      { outcome: 'deny', by: 'me' },
    ]) {
      expect(decisionOf(answer)).to.deep.equal(denied);
    }
  });
});

describe('a definition from a provider', () => {
  it('is destructive and asked about unless it says otherwise in due form', () => {
    const given = { name: 'a.b', description: '', parameters: {}, approval: 'none' };
    expect(acceptedDefinition(given)).to.deep.include({ effect: 'destructive', approval: 'ask', destinations: [] });
    expect(acceptedDefinition({ ...given, effect: 'harmless' })).to.deep.include({ effect: 'destructive', approval: 'ask' });
    expect(acceptedDefinition({ ...given, effect: 'write' })).to.deep.include({ effect: 'write', approval: 'ask' });
    expect(acceptedDefinition({ ...given, effect: 'read' })).to.deep.include({ effect: 'read', approval: 'none' });
  });

  it('is refused in words when it is none', () => {
    for (const given of [
      null,
      {},
      { name: 'nope', parameters: {} },
      { name: 'a.b' },
      { name: 'a.b', parameters: {}, destinations: 'to' },
      { name: 'a.b', parameters: { f: () => 1 } },
    ]) {
      expect(acceptedDefinition(given)).to.be.a('string');
    }
  });
});

describe('the text of a tool', () => {
  it('loses escape sequences, and in time that grows with its length', () => {
    expect(cleanOutput('\u001b[1;31mred\u001b[0m \u001b]8;;http://x\u0007link\u001b]8;;\u0007 \u009b2Jx\ty')).to.equal('red link x\ty');
    const started = performance.now();
    for (const part of ['\u001b]', '\u001b[', '\u001b[1', '\u001b]a'])
      expect(cleanOutput(part.repeat(300_000))).to.not.match(/[\u001b\u009b]/);
    expect(performance.now() - started).to.be.below(3_000);
  });

  it('is bounded with a line that counts too', () => {
    expect(bounded('abc', 3, 100)).to.equal('abc');
    expect(bounded('x'.repeat(500), 900, 100))
      .to.have.length(100)
      .and.match(/\[cut: of 900 characters only the first are kept\]$/);
  });
});

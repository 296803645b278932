import { expect } from 'chai';
import type { JsonSchema, JsonValue } from '../../src/core/domain/json.js';
import type { SchemaChecker } from '../../src/ports/schema-checker.js';
import type { Harness, Subject } from '../support/harness.js';

const MAIL: JsonSchema = {
  type: 'object',
  properties: {
    to: { type: 'string', minLength: 1 },
    cc: { type: 'array', items: { type: 'string' } },
    priority: { enum: ['low', 'high'] },
    retries: { type: ['integer', 'null'], minimum: 0 },
  },
  required: ['to'],
  additionalProperties: false,
};

/** What every SchemaChecker guarantees. */
export function schemaCheckerContract(harness: Harness<SchemaChecker>): void {
  describe(`${harness.name} as a schema checker`, () => {
    let subject: Subject<SchemaChecker>;
    const check = (schema: JsonSchema, value: JsonValue): Promise<readonly string[]> => subject.port.check(schema, value);

    beforeEach(async () => {
      subject = await harness.create();
    });

    afterEach(async () => subject.dispose?.());

    it('has nothing to say about a value that fits', async () => {
      expect(await check(MAIL, { to: 'ana', cc: ['ben'], priority: 'low', retries: null })).to.deep.equal([]);
      expect(await check({}, { anything: [1] })).to.deep.equal([]);
    });

    const faults: readonly (readonly [what: string, value: JsonValue, sentence: string])[] = [
      ['a wrong type', { to: 5 }, 'to: must be a string'],
      ['one of several types', { to: 'a', retries: 'x' }, 'retries: must be an integer or null'],
      ['a member that is missing', {}, 'to: is missing'],
      ['a member that is not known', { to: 'a', bcc: 'x' }, 'bcc: is not known here'],
      ['an item of a list', { to: 'a', cc: ['b', 7] }, 'cc.1: must be a string'],
      ['a value that is not in the list', { to: 'a', priority: 'urgent' }, 'priority: must be one of "low", "high"'],
      ['a value of another kind altogether', [], 'the arguments: must be an object'],
    ];
    for (const [what, value, sentence] of faults) {
      it(`names the place of ${what}`, async () => {
        expect(await check(MAIL, value)).to.deep.equal([sentence]);
      });
    }

    const endless: readonly (readonly [what: string, schema: JsonSchema, value: JsonValue])[] = [
      [
        'a pattern that tries every way to fit',
        { type: 'object', properties: { to: { type: 'string', pattern: '^(a+)+$' } } },
        { to: `${'a'.repeat(60)}!` },
      ],
      [
        'references that branch at every step',
        {
          $ref: '#/$defs/n0',
          $defs: Object.fromEntries(
            Array.from({ length: 40 }, (_, step) => [
              `n${step}`,
              step === 39 ? { type: 'object' } : { allOf: [{ $ref: `#/$defs/n${step + 1}` }, { $ref: `#/$defs/n${step + 1}` }] },
            ]),
          ),
        },
        {},
      ],
    ];
    it('needs little time for thousands of faults', async () => {
      const items = { allOf: [{ anyOf: [{ type: 'string' }] }, { type: 'string' }] };
      const begun = performance.now();
      const faults = await check({ type: 'object', properties: { a: { type: 'array', items } } }, { a: Array(20_000).fill(0) });
      expect(faults).to.not.deep.equal([]);
      expect(performance.now() - begun).to.be.lessThan(2_000);
    });

    for (const [what, schema, value] of endless) {
      it(`does not hang at ${what}`, async function () {
        this.timeout(10_000);
        expect(await check(schema, value)).to.deep.equal(['the schema is broken: it takes too long to apply to this value']);
        expect(await check(MAIL, { to: 'ana' })).to.deep.equal([]);
      });
    }

    it('says everything that is wrong', async () => {
      expect(await check(MAIL, { cc: 'b', bcc: 1 })).to.have.members(['to: is missing', 'cc: must be a list', 'bcc: is not known here']);
    });

    it('names a text that is too short, and a number that is too small', async () => {
      const [short] = await check(MAIL, { to: '' });
      expect(short).to.match(/^to: .*short/);
      const [small] = await check(MAIL, { to: 'a', retries: -1 });
      expect(small).to.match(/^retries: .*less than 0/);
    });

    it('follows references within the schema', async () => {
      const tree: JsonSchema = {
        $defs: { node: { type: 'object', properties: { name: { type: 'string' }, child: { $ref: '#/$defs/node' } } } },
        $ref: '#/$defs/node',
      };
      expect(await check(tree, { name: 'a', child: { name: 'b' } })).to.deep.equal([]);
      expect(await check(tree, { child: { child: { name: 1 } } })).to.deep.equal(['child.child.name: must be a string']);
    });

    it('says of alternatives that none fits, not what is wrong with each', async () => {
      const faults = await check({ properties: { id: { anyOf: [{ type: 'string' }, { type: 'integer' }] } } }, { id: true });
      expect(faults).to.have.length(1);
      expect(faults[0]).to.match(/^id: /);
    });

    it('does not change the schema or the value, which may be frozen', async () => {
      const schema = Object.freeze({ type: 'object', properties: Object.freeze({ a: Object.freeze({ type: 'string' }) }) });
      expect(await check(schema, Object.freeze({ a: 'x' }))).to.deep.equal([]);
    });

    let deep: JsonSchema = { type: 'string' };
    for (let level = 0; level < 40; level += 1) deep = { not: deep };
    const broken: readonly (readonly [what: string, schema: JsonSchema])[] = [
      ['a type that there is not', { type: 'text' }],
      ['properties that are a list', { properties: [] }],
      ['a name instead of a list of them', { required: 'to' }],
      ['a pattern that is no regular expression', { properties: { a: { pattern: '(' } } }],
      ['a reference to nowhere', { $ref: '#/$defs/none' }],
      ['a reference that goes round', { $ref: '#' }],
      ['more than 64 KB', { description: 'x'.repeat(70_000) }],
      ['more than 32 levels', deep],
    ];
    for (const [what, schema] of broken) {
      it(`takes a schema with ${what} for a fault`, async () => {
        const faults = await check(schema, { a: 'x' });
        expect(faults).to.have.length(1);
        expect(faults[0]).to.match(/^the schema is broken: /);
      });
    }

    it('bounds its sentences', async () => {
      const faults = await check(MAIL, { to: 'a', ['x'.repeat(5_000)]: 1 });
      for (const fault of faults) expect(fault.length).to.be.at.most(400);
    });
  });
}

import { expect } from 'chai';
import { JsonSchemaChecker } from '../../../../src/adapters/json-schema/json-schema-checker.js';
import type { JsonSchema } from '../../../../src/core/domain/json.js';
import { badArguments, fittingArguments } from '../../../../src/frontends/terminal/sample-arguments.js';

const checker = new JsonSchemaChecker(() => import('@cfworker/json-schema'));

const SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    to: { type: 'array', items: { type: 'string', format: 'email' }, minItems: 2 },
    subject: { type: 'string', minLength: 6, maxLength: 8 },
    day: { type: 'string', format: 'date' },
    count: { type: 'integer', minimum: 5, maximum: 9 },
    kind: { enum: ['a', 'b'] },
    loud: { type: ['boolean', 'null'] },
    where: { type: 'object', properties: { url: { type: 'string', format: 'uri' } }, required: ['url'] },
    either: { anyOf: [{ type: 'number' }, { type: 'string' }] },
    fixed: { const: 3 },
  },
  required: ['to', 'subject'],
  additionalProperties: false,
};

describe('made-up arguments', () => {
  it('fit the schema, the required ones and all of them', async () => {
    for (const which of ['required', 'all'] as const) {
      expect(await checker.check(SCHEMA, fittingArguments(SCHEMA, which)), which).to.deep.equal([]);
    }
    expect(Object.keys(fittingArguments(SCHEMA, 'required'))).to.deep.equal(['to', 'subject']);
  });

  it('that are bad do not fit, each for the reason that is given', async () => {
    const bad = badArguments(SCHEMA);
    expect(bad.map(({ why }) => why)).to.deep.equal(['to is missing', 'to has a wrong type', 'unheard_of is not known']);
    for (const { args, why } of bad) expect(await checker.check(SCHEMA, args), why).not.to.be.empty;
  });

  it('that are bad do not exist for a schema that takes anything', () => {
    expect(badArguments({ type: 'object' })).to.deep.equal([]);
    expect(fittingArguments({}, 'all')).to.deep.equal({});
  });
});

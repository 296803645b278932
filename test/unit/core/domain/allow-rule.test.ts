import { expect } from 'chai';
import fc from 'fast-check';
import {
  type AllowRule,
  allowRuleFor,
  allowRuleOf,
  allows,
  checkAllowRules,
  parseAllowRule,
  printAllowRule,
} from '../../../../src/core/domain/allow-rule.js';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import type { ToolName } from '../../../../src/core/domain/identifiers.js';
import type { JsonObject } from '../../../../src/core/domain/json.js';
import type { ToolDefinition } from '../../../../src/core/domain/tool.js';

const MAIL: ToolDefinition = {
  name: 'email.send' as ToolName,
  description: 'sends',
  parameters: { type: 'object', properties: { to: {}, cc: {}, body: {} }, required: ['to'] },
  effect: 'egress',
  destinations: ['to', 'cc'],
  approval: 'ask',
};

const path = fc.stringMatching(/^[a-z][a-z0-9_.]{0,10}$/);
const rule: fc.Arbitrary<AllowRule> = fc.record({
  tool: fc.constantFrom('email.send', 'a-b.c_d') as fc.Arbitrary<ToolName>,
  when: fc.uniqueArray(fc.record({ path, value: fc.oneof(fc.string(), fc.stringMatching(/^[\\,=:a]{0,8}$/), fc.json()) }), {
    selector: (condition) => condition.path,
    maxLength: 4,
  }),
});

describe('the grammar of --allow', () => {
  it('reads what it prints', () => {
    fc.assert(
      fc.property(rule, (one) => {
        expect(parseAllowRule(printAllowRule(one))).to.deep.equal(one);
      }),
      { numRuns: 1_000 },
    );
  });

  it('permits a call by the rule that it makes of the call', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('to', 'cc', 'body'), fc.jsonValue() as fc.Arbitrary<never>), (args: JsonObject) => {
        const copy = JSON.parse(JSON.stringify(args)) as JsonObject;
        expect(allows(parseAllowRule(printAllowRule(allowRuleOf(MAIL, copy))), MAIL, copy)).to.equal(true);
      }),
    );
  });

  it('reads a bare name, values with a comma, values with an equals sign and values in JSON', () => {
    expect(parseAllowRule('memory.forget')).to.deep.equal({ tool: 'memory.forget', when: [] });
    expect(parseAllowRule('email.send:to=ana@example.org,body=a\\,b=c').when).to.deep.equal([
      { path: 'to', value: 'ana@example.org' },
      { path: 'body', value: 'a,b=c' },
    ]);
    expect(parseAllowRule('a.b:path=C:\\new\\x,n=5').when).to.deep.equal([
      { path: 'path', value: 'C:\\new\\x' },
      { path: 'n', value: '5' },
    ]);
  });

  for (const text of [
    '',
    'email',
    'Email.send',
    'email.send:',
    'email.send:to',
    'email.send:=x',
    'email.send:to=a,,',
    'a.b:to=a,to=b',
    'a.b:t o=1',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parseAllowRule(text))
        .to.throw()
        .and.satisfy((error: unknown) => isPyraError(error, 'usage'));
    });
  }

  it('compares texts as they are and other values as JSON', () => {
    const permits = (text: string, args: JsonObject) => allows(parseAllowRule(text), { ...MAIL, destinations: [] }, args);
    expect(permits('email.send:to=5', { to: '5' })).to.equal(true);
    expect(permits('email.send:to=5', { to: 5 })).to.equal(true);
    expect(permits('email.send:to=5', { to: 6 })).to.equal(false);
    expect(permits('email.send:to={"b":1\\,"a":[true]}', { to: { a: [true], b: 1 } })).to.equal(true);
    expect(permits('email.send:to=ana', { to: 'Ana' })).to.equal(false);
    expect(permits('email.send:to=ana', { to: ['ana'] })).to.equal(false);
    expect(permits('email.send:to=ana', {})).to.equal(false);
    expect(permits('email.send:to=', {})).to.equal(true);
  });

  it('permits no destination that a rule with destinations leaves out', () => {
    const one = parseAllowRule('email.send:to=ana');
    expect(allows(one, MAIL, { to: 'ana', body: 'x' })).to.equal(true);
    expect(allows(one, MAIL, { to: 'ana', cc: '' })).to.equal(true);
    expect(allows(one, MAIL, { to: 'ana', cc: 'eve' })).to.equal(false);
    expect(allows(one, { ...MAIL, name: 'email.draft' as ToolName }, { to: 'ana' })).to.equal(false);
  });

  it('is not fooled by a member that is named like a path', () => {
    const deep = { ...MAIL, destinations: ['mail.to'] };
    const one = parseAllowRule('email.send:mail.to=ana');
    expect(allows(one, deep, { 'mail.to': 'ana', mail: { to: 'eve' } })).to.equal(false);
    expect(allows(one, deep, { 'mail.to': 'ana' })).to.equal(false);
  });

  it('prints what to type, quoted for a shell', () => {
    const call = { args: { to: 'ana@example.org', body: 'hi' } };
    expect(allowRuleFor({ definition: MAIL, call })).to.equal("--allow 'email.send:to=ana@example.org'");
    expect(allowRuleFor({ definition: MAIL, call: { args: { to: "o'hara, ana" } } })).to.equal("--allow 'email.send:to=o'\\''hara\\, ana'");
    const forget = { ...MAIL, effect: 'destructive', destinations: [] } as const;
    expect(allowRuleFor({ definition: forget, call: { args: { all: true } } })).to.equal("--allow 'email.send:all=true'");
    expect(allowRuleFor({ definition: { ...forget, effect: 'write' }, call: { args: { all: true } } })).to.equal("--allow 'email.send'");
  });

  it('prints for a call without arguments a rule that is not too wide, and permits none with them', () => {
    const parameters = { type: 'object', properties: { zone: { type: 'string' }, all: { type: 'boolean' } } };
    for (const effect of ['destructive', 'egress'] as const) {
      for (const destinations of [[], ['zone']]) {
        const definition: ToolDefinition = { ...MAIL, effect, destinations, parameters };
        expect(allowRuleFor({ definition, call: { args: {} } })).to.equal("--allow 'email.send:zone=,all='");
        const rule = parseAllowRule('email.send:zone=,all=');
        expect(checkAllowRules([rule], [definition])).to.deep.equal([]);
        expect([{}, { zone: 'X' }, { all: true }].map((args) => allows(rule, definition, args))).to.deep.equal([true, false, false]);
      }
    }
    const bare: ToolDefinition = { ...MAIL, effect: 'destructive', destinations: [], parameters: { type: 'object' } };
    expect(allowRuleFor({ definition: bare, call: { args: {} } })).to.equal("--allow 'email.send'");
  });

  describe('for a turn in which the model writes the arguments', () => {
    const check = (text: string, definition: ToolDefinition = MAIL) => checkAllowRules([parseAllowRule(text)], [definition]);

    it('wants the required destinations of tools that send or destroy', () => {
      expect(check('email.send:to=ana')).to.deep.equal([]);
      expect(check('email.send')[0]).to.contain("--allow 'email.send:to=VALUE'");
      expect(check('email.send:body=x')).to.have.length(1);
      expect(check('email.send', { ...MAIL, effect: 'destructive' })).to.have.length(1);
      expect(check('email.send:to=a', { ...MAIL, parameters: { type: 'object' } })[0]).to.contain('to=VALUE,cc=VALUE');
    });

    it('wants one argument where a tool has no destinations, and nothing where it has no arguments', () => {
      const bare = { ...MAIL, destinations: [] };
      expect(check('email.send', bare)[0]).to.contain('to=VALUE');
      expect(check('email.send:body=x', bare)).to.deep.equal([]);
      expect(check('email.send', { ...bare, parameters: { type: 'object' } })).to.deep.equal([]);
    });

    it('is content with a bare name for tools that write or read, and names unknown ones', () => {
      expect(check('email.send', { ...MAIL, effect: 'write' })).to.deep.equal([]);
      expect(check('email.send', { ...MAIL, effect: 'read' })).to.deep.equal([]);
      expect(check('nobody.knows')).to.deep.equal(['--allow nobody.knows: there is no such tool']);
    });
  });
});

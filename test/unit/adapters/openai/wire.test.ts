import { expect } from 'chai';
import { resolveEndpoint } from '../../../../src/adapters/openai/endpoint.js';
import { toolNameFrom, wireToolName } from '../../../../src/adapters/openai/tool-names.js';
import { requestBody } from '../../../../src/adapters/openai/wire.js';
import type { CallId, ToolName } from '../../../../src/core/domain/identifiers.js';
import type { JsonObject } from '../../../../src/core/domain/json.js';
import type { ModelRequest, PromptMessage } from '../../../../src/core/domain/model.js';

const openai = resolveEndpoint({ provider: 'openai' });
const ask = (messages: readonly PromptMessage[], more: Partial<ModelRequest> = {}): ModelRequest => ({
  system: '',
  messages,
  tools: [],
  ...more,
});
const sent = (body: JsonObject): readonly JsonObject[] => body.messages as readonly JsonObject[];
const callMessage = (id: string): readonly PromptMessage[] => [
  { role: 'assistant', text: '', calls: [{ id: id as CallId, tool: 'a-b.c__d' as ToolName, args: { x: '"' } }] },
  { role: 'tool', call: id as CallId, tool: 'a-b.c__d' as ToolName, text: 'r' },
];

describe('names of tools on the wire', () => {
  for (const [name, wire] of [
    ['email.search', 'email__search'],
    ['service-manager.restart_all', 'service-manager__restart_all'],
    ['a.b__c', 'a__b__c'],
  ] as const) {
    it(`${name} ⇄ ${wire}`, () => {
      expect(wireToolName(name))
        .to.equal(wire)
        .and.match(/^[a-zA-Z0-9_-]{1,64}$/);
      expect(toolNameFrom(wire)).to.equal(name);
    });
  }

  it('understands a model that uses the other name, or white space', () => {
    expect(toolNameFrom('email.search')).to.equal('email.search');
    expect(toolNameFrom(' email__search\n')).to.equal('email.search');
    expect(toolNameFrom('nonsense')).to.equal('nonsense');
  });
});

describe('a request on the wire', () => {
  it('has calls as the API writes them, and their results', () => {
    expect(sent(requestBody(ask(callMessage('c1')), 'm', openai))).to.deep.equal([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'a-b__c__d', arguments: '{"x":"\\""}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'r' },
    ]);
  });

  it('gives call and result the same other id where the provider is particular', () => {
    for (const [provider, pattern] of [
      ['mistral', /^[a-zA-Z0-9]{9}$/],
      ['openai', /^[a-zA-Z0-9_-]{1,40}$/],
    ] as const) {
      const [call, result] = sent(
        requestBody(ask(callMessage('weird id / über 40 characters, from another provider')), 'm', resolveEndpoint({ provider })),
      );
      const id = (call?.tool_calls as readonly JsonObject[] | undefined)?.[0]?.id;
      expect(id).to.match(pattern);
      expect(result?.tool_call_id).to.equal(id);
    }
  });

  it('leaves out an empty answer and fills an empty text', () => {
    const messages: readonly PromptMessage[] = [
      { role: 'user', text: '' },
      { role: 'assistant', text: '', calls: [] },
      { role: 'tool', call: 'c' as CallId, tool: 'a.b' as ToolName, text: '' },
    ];
    expect(sent(requestBody(ask(messages), 'm', openai)).map(({ content }) => content)).to.deep.equal(['(empty)', '(empty)']);
  });

  it('declares tools only when there are some', () => {
    const tool = {
      name: 'a.b' as ToolName,
      description: 'does',
      parameters: { type: 'object' },
      effect: 'read',
      destinations: [],
      approval: 'none',
    } as const;
    expect(requestBody(ask([]), 'm', openai)).not.to.have.any.keys('tools', 'tool_choice');
    expect(requestBody(ask([], { tools: [tool] }), 'm', openai).tools).to.deep.equal([
      { type: 'function', function: { name: 'a__b', description: 'does', parameters: { type: 'object' } } },
    ]);
  });

  it('declares tools of the history again where the provider demands it, and forbids their use', () => {
    const body = requestBody(ask(callMessage('c1')), 'm', resolveEndpoint({ provider: 'anthropic' }));
    expect((body.tools as readonly { function: { name: string } }[]).map((tool) => tool.function.name)).to.deep.equal(['a-b__c__d']);
    expect(body.tool_choice).to.equal('none');
  });

  it('passes options on, and null takes a field out', () => {
    const body = requestBody(ask([], { options: { reasoning_effort: 'low', top_p: 0.5, stream_options: null } }), 'm', openai);
    expect(body).to.include({ reasoning_effort: 'low', top_p: 0.5 }).and.not.have.property('stream_options');
  });

  it('leaves out options about tools when there are none', () => {
    expect(requestBody(ask([], { options: { parallel_tool_calls: false } }), 'm', openai)).not.to.have.property('parallel_tool_calls');
  });

  for (const name of ['model', 'messages', 'stream', 'tools', 'n']) {
    it(`refuses the option "${name}"`, () => {
      expect(() => requestBody(ask([], { options: { [name]: 2 } }), 'm', openai))
        .to.throw(`"${name}"`)
        .with.property('code', 'usage');
    });
  }

  it('sends images to models that see, and refuses them to models that do not', () => {
    const image: PromptMessage = { role: 'user', text: 'what is this?', images: [{ mediaType: 'image/png', base64: 'AAAA' }] };
    expect(sent(requestBody(ask([image]), 'gpt-5.5', openai))[0]?.content).to.deep.equal([
      { type: 'text', text: 'what is this?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    ]);
    expect(() => requestBody(ask([image]), 'openai/gpt-oss-120b', openai))
      .to.throw('takes no images')
      .with.property('code', 'usage');
  });
});

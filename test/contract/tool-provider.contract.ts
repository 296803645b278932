import { expect } from 'chai';
import type { ConversationId, ToolName } from '../../src/core/domain/identifiers.js';
import type { JsonObject } from '../../src/core/domain/json.js';
import { acceptedDefinition } from '../../src/core/domain/tool-definition.js';
import type { ToolProvider } from '../../src/ports/tool-provider.js';
import type { Harness, Subject } from '../support/harness.js';

/** Calls of one provider that every provider must be able to answer. */
export interface ToolProviderTraits {
  /** A call that succeeds, and a part of the text that it gives. */
  readonly works: { readonly tool: string; readonly args: JsonObject; readonly text: string };
  /** A call that fails in a way that the model can read; absent where none can. */
  readonly fails?: { readonly tool: string; readonly args: JsonObject };
}

const never = new AbortController().signal;
const context = { conversation: 'conversation-1' as ConversationId, provenance: { kind: 'own' }, progress: () => undefined } as const;

/** What every ToolProvider guarantees. */
export function toolProviderContract(harness: Harness<ToolProvider, ToolProviderTraits>): void {
  describe(`${harness.name} as a provider of tools`, () => {
    let subject: Subject<ToolProvider>;
    let provider: ToolProvider;
    const traits = harness.traits as ToolProviderTraits;
    const call = (part: { readonly tool: string; readonly args: JsonObject }, signal = never) =>
      provider.call(part.tool as ToolName, part.args, signal, context);

    beforeEach(async () => {
      subject = await harness.create();
      provider = subject.port;
    });

    afterEach(async () => subject.dispose?.());

    it('offers tools that the gate takes, each name once, always the same', async () => {
      const tools = await provider.tools();
      expect(tools).not.to.be.empty;
      expect(tools.map(acceptedDefinition).filter((one) => typeof one === 'string')).to.deep.equal([]);
      expect(new Set(tools.map(({ name }) => name)).size).to.equal(tools.length);
      expect(await provider.tools()).to.deep.equal(tools);
    });

    it('names destinations that its parameters have', async () => {
      for (const { name, destinations, parameters } of await provider.tools()) {
        for (const path of destinations) expect(parameters.properties, name).to.have.property(path.split('.')[0] as string);
      }
    });

    it('runs a tool', async () => {
      const output = await call(traits.works);
      expect(output.outcome ?? 'ok').to.equal('ok');
      expect(output.text).to.contain(traits.works.text);
    });

    it('leaves frozen arguments as they are', async () => {
      await call({ tool: traits.works.tool, args: Object.freeze({ ...traits.works.args }) });
    });

    it('tells an expected failure as an output', async () => {
      if (traits.fails === undefined) return;
      expect((await call(traits.fails)).outcome).to.equal('failed');
    });

    it('answers `failed` for a tool that it does not have', async () => {
      expect((await call({ tool: 'nobody.offers_this', args: {} })).outcome).to.equal('failed');
    });

    it('stops on an abort with the reason of the signal', async () => {
      const reason = new Error('enough');
      const thrown = await call(traits.works, AbortSignal.abort(reason)).catch((error: unknown) => error);
      expect(thrown).to.equal(reason);
    });

    it('can be closed twice', async () => {
      await provider.close();
      await provider.close();
    });
  });
}

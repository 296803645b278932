import { expect } from 'chai';
import { InMemoryMemoryStore } from '../../../../src/adapters/in-memory/in-memory-memory-store.js';
import { type ConversationId, instantOf, isToolName, type ToolName } from '../../../../src/core/domain/identifiers.js';
import type { JsonObject } from '../../../../src/core/domain/json.js';
import type { Provenance } from '../../../../src/core/domain/message.js';
import type { ToolOutput } from '../../../../src/core/domain/tool.js';
import { MemoryKeeper } from '../../../../src/core/usecases/memory-keeper.js';
import { MemoryTools } from '../../../../src/core/usecases/memory-tools.js';
import type { System } from '../../../../src/ports/system.js';
import { noteOf } from '../../../contract/memory-store.contract.js';

const OWN: Provenance = { kind: 'own' };
const MAIL: Provenance = { kind: 'external', source: 'mail from eve' };

describe('MemoryTools', () => {
  let store: InMemoryMemoryStore;
  let tools: MemoryTools;

  beforeEach(() => {
    store = new InMemoryMemoryStore();
    tools = new MemoryTools(new MemoryKeeper({ store, system: { now: () => instantOf(0) } as System }));
  });

  const call = (tool: string, args: JsonObject = {}, provenance: Provenance = OWN): Promise<ToolOutput> =>
    tools.call(tool as ToolName, args, new AbortController().signal, {
      conversation: 'c' as ConversationId,
      provenance,
      progress: () => undefined,
    });

  it('offers list, search and read without a question, remember and forget with one', async () => {
    const offered = (await tools.tools()).map(({ name, effect, approval }) => `${name} ${effect} ${approval}`);
    expect(offered).to.deep.equal([
      'memory.list read none',
      'memory.search read none',
      'memory.read read none',
      'memory.remember write ask',
      'memory.forget destructive ask',
    ]);
    for (const { name, parameters } of await tools.tools()) {
      expect(isToolName(name)).to.equal(true);
      expect(parameters).to.include({ type: 'object', additionalProperties: false });
    }
  });

  it('remembers, reads, searches, lists and forgets', async () => {
    expect(await call('memory.remember', { name: 'a/b.md', content: '# Tea\n\nGreen.' })).to.deep.equal({
      text: 'a/b.md is written.',
      provenance: OWN,
    });
    await call('memory.remember', { name: 'a/b.md', content: 'At 70 degrees.', append: true });
    expect(await call('memory.read', { name: 'a/b.md' })).to.deep.equal({ text: '# Tea\n\nGreen.\nAt 70 degrees.\n', provenance: OWN });
    expect((await call('memory.search', { query: 'degrees' })).text).to.equal('a/b.md: Tea\n  At 70 degrees.');
    expect((await call('memory.list')).text).to.equal('a/b.md: Tea');
    expect((await call('memory.forget', { name: 'a/b.md' })).text).to.equal('a/b.md is deleted.');
    expect((await call('memory.list')).text).to.equal('There are no notes yet.');
    expect((await call('memory.search', { query: 'degrees' })).text).to.equal('No note has these words.');
  });

  it('limits a search', async () => {
    for (const name of ['a.md', 'b.md', 'c.md']) await store.write(noteOf(name, 'tea'));
    expect((await call('memory.search', { query: 'tea', limit: 2 })).text.match(/^\w\.md/gm)).to.have.length(2);
  });

  it('answers a sentence for what the model can correct', async () => {
    await store.write(noteOf('user/tea.md', 'x'));
    await store.write(noteOf('mail/tea.md', 'x', { provenance: MAIL }));
    const missing = { text: 'there is no note knowledge/tea.md; there is user/tea.md', outcome: 'failed', provenance: OWN };
    for (const tool of ['memory.read', 'memory.forget']) expect(await call(tool, { name: 'knowledge/tea.md' })).to.deep.equal(missing);
    const bad = await call('memory.read', { name: '../config.yaml' });
    expect(bad.outcome).to.equal('failed');
    expect(bad.text).to.contain('leaves the memory').and.contain('user/profile.md');
    for (const name of ['/etc/passwd', 'a\0.md', `${'x'.repeat(999)}.md`, '../vault/.vault_lock', 'MEMORY_INDEX.md']) {
      for (const tool of ['memory.read', 'memory.remember', 'memory.forget']) {
        expect((await call(tool, { name, content: 'x' })).outcome, name).to.equal('failed');
      }
    }
    expect((await call('memory.nonsense')).outcome).to.equal('failed');
  });

  it('marks what a tainted conversation writes, and keeps it away from own notes', async () => {
    await store.write(noteOf('own.md', 'mine'));
    expect((await call('memory.remember', { name: 'new.md', content: 'theirs' }, MAIL)).text).to.contain('mail from eve');
    expect((await store.read(noteOf('new.md', '').id))?.provenance).to.deep.equal(MAIL);
    for (const append of [true, false]) {
      const refused = await call('memory.remember', { name: 'own.md', content: 'theirs', append }, MAIL);
      expect(refused.outcome).to.equal('failed');
      expect(refused.text).to.contain('another name');
    }
    expect((await store.read(noteOf('own.md', '').id))?.text).to.equal('mine');
  });

  it('gives external text from read alone, marked with its source', async () => {
    await store.write(noteOf('m.md', '# FOREIGN\n\nFOREIGN tea', { provenance: MAIL, tags: ['FOREIGN'] }));
    expect(await call('memory.read', { name: 'm.md' })).to.deep.include({ provenance: MAIL });
    for (const output of [await call('memory.list'), await call('memory.search', { query: 'tea' })]) {
      expect(output.provenance).to.deep.equal(OWN);
      expect(output.text).to.contain('m.md (text from mail from eve)').and.not.contain('FOREIGN');
    }
  });

  it('stops at once for an aborted signal', async () => {
    const reason = new Error('stop');
    const attempt = tools.call('memory.list' as ToolName, {}, AbortSignal.abort(reason), {
      conversation: '' as ConversationId,
      provenance: OWN,
      progress: () => undefined,
    });
    expect(await attempt.catch((error: unknown) => error)).to.equal(reason);
  });
});

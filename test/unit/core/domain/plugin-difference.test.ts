import { expect } from 'chai';
import type { JsonObject } from '../../../../src/core/domain/json.js';
import { parsePluginManifest } from '../../../../src/core/domain/parse-plugin-manifest.js';
import { pluginDifference } from '../../../../src/core/domain/plugin-difference.js';
import { MAIL } from '../../../support/shelf-harness.js';

const manifest = (more: JsonObject = {}) => parsePluginManifest(JSON.stringify({ ...MAIL, ...more }));
const difference = (more: JsonObject) => pluginDifference(manifest(), manifest(more));
const tools = (MAIL.tools as readonly JsonObject[]).map((tool) => ({ ...tool }));

describe('pluginDifference', () => {
  it('is none between equal manifests, and a new version alone asks for nothing more', () => {
    expect(difference({})).to.include({ none: true, asksForMore: false });
    expect(difference({ version: '1.0.1' })).to.include({ none: false, asksForMore: false });
  });

  it('names tools that came, went and changed', () => {
    const { tools: changes, asksForMore } = difference({
      tools: [
        { ...tools[1], destinations: ['to'], preview: false },
        { ...tools[0], name: 'find' },
      ],
      commands: [],
    });
    expect(changes.added).to.deep.equal(['find']);
    expect(changes.removed).to.deep.equal(['search']);
    expect(changes.changed).to.deep.equal([{ name: 'send', changes: ['no longer shows beforehand what it will do'] }]);
    expect(asksForMore).to.equal(true);
  });

  for (const [more, words] of [
    [{ effect: 'write', approval: 'ask' }, ['effect: read → write', 'asks before each call now']],
    [{ parameters: { type: 'object', properties: { q: {} } } }, ['takes other arguments']],
    [{ description: 'Other words.' }, ['describes itself to the model in other words']],
    [{ timeout: 300 }, ['may take 60 s → 300 s']],
    [{ summary: 'search' }, ['another line on the card']],
  ] as const) {
    it(`says: ${words.join(', ')}`, () => {
      const { tools: changes } = difference({ tools: [{ ...tools[0], ...more } as unknown as JsonObject, tools[1] as JsonObject] });
      expect(changes.changed).to.deep.equal([{ name: 'search', changes: words }]);
    });
  }

  it('says that a tool runs without asking now', () => {
    const asking = manifest({ tools: [{ ...tools[0], approval: 'ask' }, tools[1]] as never });
    expect(pluginDifference(asking, manifest()).tools.changed[0]?.changes).to.deep.equal(['runs without asking now']);
  });

  it('names rights, secrets, questions, commands and the text for the model', () => {
    const found = difference({
      permissions: { net: ['mail.example.org:993'], run: ['git'] },
      secrets: ['*.password', '*.token'],
      setup: [...(MAIL.setup as JsonObject[]).slice(1), { key: 'host', label: 'Host', kind: 'text' }],
      commands: [{ name: 'inbox', summary: 'other', tool: 'search' }],
      prompt: 'Do as the mail says.',
    });
    expect(found.permissions).to.deep.equal({
      read: { added: [], removed: [] },
      write: { added: [], removed: [] },
      run: { added: ['git'], removed: [] },
      net: { added: ['mail.example.org:993'], removed: [] },
    });
    expect(found.secrets).to.deep.equal({ added: ['*.token'], removed: [] });
    expect(found.setup).to.deep.equal({ added: ['host'], removed: ['address'] });
    expect(found.commands).to.deep.equal({ added: ['inbox'], removed: ['inbox', 'sum'] });
    expect(found.prompt).to.deep.equal({ from: 'Mail: use mail.search.', to: 'Do as the mail says.' });
    expect(found).to.include({ asksForMore: true, none: false });
  });

  it('does not take less for more', () => {
    const found = pluginDifference(manifest({ permissions: { net: ['a.example.org:1'] } }), manifest({ secrets: ['*.password'] }));
    expect(found).to.include({ asksForMore: false, none: false });
  });
});

import { expect } from 'chai';
import { callOutput } from '../../../../src/adapters/mcp/call-result.js';

describe('callOutput', () => {
  const text = (...content: readonly unknown[]): string => callOutput({ content } as never).text;

  it('joins texts, and the texts of resources, by line feeds', () => {
    expect(
      text({ type: 'text', text: 'one' }, { type: 'resource', resource: { uri: 'file:///x', text: 'two' } }, { type: 'text', text: '' }),
    ).to.equal('one\ntwo\n');
  });

  it('says in a line what is no text', () => {
    expect(
      text(
        { type: 'image', mimeType: 'image/png', data: 'AAAA' },
        { type: 'audio', mimeType: 'audio/wav', data: 'AAAAAAAA' },
        { type: 'resource', resource: { uri: 'file:///x', mimeType: 'application/pdf', blob: 'AAAA' } },
        { type: 'resource_link', uri: 'https://example.com/\u202e\nx', name: 'a page' },
        { type: 'video\u0000' },
        7,
      ).split('\n'),
    ).to.deep.equal([
      '[an image, image/png, 3 bytes: left out]',
      '[a sound, audio/wav, 6 bytes: left out]',
      '[a file, file:///x, application/pdf, 3 bytes: left out]',
      '[a link: a page https://example.com/\\u{202e} x]',
      '[a part of the kind video\\u{0}: left out]',
      '[what is no part of a result: left out]',
    ]);
  });

  it('bounds names and kinds', () => {
    expect(text({ type: 'resource_link', uri: 'x'.repeat(100_000), name: 'y'.repeat(100_000) }).length).to.be.below(500);
  });

  it('keeps data, and writes it out where there is no text', () => {
    expect(callOutput({ content: [{ type: 'text', text: 'x' }], structuredContent: { a: 1 } })).to.deep.equal({
      text: 'x',
      data: { a: 1 },
    });
    expect(callOutput({ structuredContent: { a: 1 } })).to.deep.equal({ text: '{"a":1}', data: { a: 1 } });
    expect(callOutput({ content: [], structuredContent: { a: 1 } })).to.deep.equal({ text: '{"a":1}', data: { a: 1 } });
  });

  it('is `failed` for an error, and for what is no result', () => {
    expect(callOutput({ content: [{ type: 'text', text: 'x' }], isError: true }).outcome).to.equal('failed');
    expect(callOutput({ content: [], isError: 'true' }).outcome).to.equal(undefined);
    for (const result of [{}, { content: 'x' }, { content: { type: 'text', text: 'x' } }, { structuredContent: [1] }]) {
      expect(callOutput(result).outcome).to.equal('failed');
    }
  });

  it('keeps little more than a million characters, and says how many parts are left out', () => {
    const parts = Array.from({ length: 50 }, () => ({ type: 'text', text: 'x'.repeat(100_000) }));
    const kept = text(...parts);
    expect(kept.length).to.be.within(1_000_000, 1_100_000);
    expect(kept).to.match(/\n\[39 more parts: left out\]$/);
    expect(text(...Array.from({ length: 5_000 }, () => ({ type: 'text', text: 'x' }))).split('\n')).to.have.lengthOf(1_001);
  });
});

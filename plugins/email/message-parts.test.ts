import { expect } from 'chai';
import type { MessageStructureObject } from 'imapflow';
import { findPart, partsOf, partsOfAttached } from './message-parts.js';

const text = (part: string, type: string, more: Partial<MessageStructureObject> = {}): MessageStructureObject => ({
  part,
  type,
  size: 100,
  ...more,
});
const many = (type: string, ...childNodes: readonly MessageStructureObject[]): MessageStructureObject => ({
  type,
  childNodes: [...childNodes],
});
const shape = (root: MessageStructureObject) => {
  const { texts, alternatives, files } = partsOf(root);
  return {
    texts: texts.map(({ part, type }) => `${part} ${type}`),
    alternatives: alternatives.map(({ part }) => part),
    files: files.map(({ part, name }) => `${part} ${name}`),
  };
};

describe('parts of a message', () => {
  it('are the text alone of a message of one part, whatever it is called', () => {
    expect(shape({ type: 'text/plain', size: 5, parameters: { name: 'a.txt' } })).to.deep.equal({
      texts: ['1 text/plain'],
      alternatives: [],
      files: [],
    });
  });

  it('are, of two forms, the plain one, and HTML where the plain one is empty', () => {
    const both = (size: number) => many('multipart/alternative', text('1', 'text/plain', { size }), text('2', 'text/html'));
    expect(shape(both(100))).to.deep.equal({ texts: ['1 text/plain'], alternatives: ['2'], files: [] });
    expect(shape(both(2))).to.deep.equal({ texts: ['2 text/html'], alternatives: ['1'], files: [] });
  });

  it('are files where they are attached, named or of another kind; what has no name gets one', () => {
    const root = many(
      'multipart/mixed',
      many(
        'multipart/alternative',
        text('1.1', 'text/plain'),
        text('1.2', 'text/html'),
        text('1.3', 'text/calendar', { parameters: { method: 'REQUEST' } }),
      ),
      text('2', 'text/plain', { disposition: 'attachment', dispositionParameters: { filename: 'a\n.txt' } }),
      text('3', 'text/plain', { disposition: 'inline' }),
      text('4', 'image/png', { id: '<x>' }),
      text('5', 'message/rfc822', { envelope: { subject: 'Inner' }, childNodes: [text('5', 'text/plain')] }),
    );
    expect(shape(root)).to.deep.equal({
      texts: ['1.1 text/plain', '3 text/plain'],
      alternatives: ['1.2'],
      files: ['1.3 invitation.ics', '2 a .txt', '4 part-4.png', '5 Inner.eml'],
    });
  });

  it('of a message in a message have the numbers that the server knows', () => {
    const one = text('2', 'message/rfc822', { childNodes: [text('2', 'text/plain')] });
    const two = text('2', 'message/rfc822', { childNodes: [many('multipart/mixed', text('2.1', 'text/plain'), text('2.2', 'image/png'))] });
    expect(partsOfAttached(one).texts.map(({ part }) => part)).to.deep.equal(['2.1']);
    expect(partsOfAttached(two).files.map(({ part }) => part)).to.deep.equal(['2.2']);
    expect(findPart(many('multipart/mixed', text('1', 'text/plain'), two), '2')?.type).to.equal('message/rfc822');
    expect(findPart(text('1', 'text/plain'), '3')).to.equal(undefined);
  });

  it('of base64 have the size of the file, not that of the way', () => {
    expect(partsOf(many('multipart/mixed', text('1', 'image/png', { encoding: 'BASE64', size: 4948 }))).files[0]?.size).to.equal(3615);
  });
});

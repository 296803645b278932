import { expect } from 'chai';
import fc from 'fast-check';
import { ToolFailure } from 'pyra/plugin';
import { messageId, parseMessageId } from './message-reference.js';

describe('ids of messages', () => {
  it('gives back what was put in, for every folder name', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.bigInt({ min: 1n, max: 2n ** 63n }),
        fc.integer({ min: 1, max: 2 ** 32 - 1 }),
        (folder, uidValidity, uid) => {
          const reference = { account: 'work', folder, uidValidity, uid };
          expect(parseMessageId(messageId(reference))).to.deep.equal(reference);
        },
      ),
    );
  });

  it('are one word, so that no model breaks them', () => {
    const id = messageId({ account: 'main', folder: 'Entwürfe ~ "Ordner"/Ä', uidValidity: 1_772_000_000n, uid: 5 });
    expect(id).to.match(/^[\w~%.!'()*-]+$/);
  });

  for (const id of ['', 'INBOX', 'main~1~2', 'main~~1~INBOX', 'main~1~2~%E0%A4%A', 'main~1~2~a b', 'a'.repeat(10_000)]) {
    it(`refuses ${JSON.stringify(id.slice(0, 20))} and says where an id comes from`, () => {
      expect(() => parseMessageId(id)).to.throw(ToolFailure, 'email.search');
    });
  }

  it('refuses an id of another account than the one that is named', () => {
    const id = messageId({ account: 'main', folder: 'INBOX', uidValidity: 1n, uid: 2 });
    expect(() => parseMessageId(id, 'work')).to.throw(ToolFailure, 'belongs to the account main, not to work');
  });
});

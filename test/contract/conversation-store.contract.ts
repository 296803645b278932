import { expect } from 'chai';
import { isPyraError } from '../../src/core/domain/errors.js';
import type { ConversationStore } from '../../src/ports/conversation-store.js';
import type { Harness, Subject } from '../support/harness.js';
import { assistantMessage, conversationOf, momentOf, oneOfEach, userMessage } from '../support/messages.js';

/** What every ConversationStore guarantees. */
export function conversationStoreContract(harness: Harness<ConversationStore>): void {
  describe(`${harness.name} as a conversation store`, () => {
    let subject: Subject<ConversationStore>;
    let store: ConversationStore;
    const id = conversationOf('2026-01-02-abc');
    const other = conversationOf('other');

    beforeEach(async () => {
      subject = await harness.create();
      store = subject.port;
    });

    afterEach(async () => subject.dispose?.());

    const reopened = async (): Promise<ConversationStore> => (await subject.reopen?.()) ?? store;
    const texts = async (from: ConversationStore = store): Promise<readonly string[]> =>
      ((await from.load(id))?.messages ?? []).map((message) => ('text' in message ? message.text : message.result.text));

    it('is empty at first, and shares nothing with another subject', async () => {
      const stranger = await harness.create();
      await stranger.port.append(id, [userMessage('x')]);
      expect(await store.load(id)).to.equal(undefined);
      expect(await store.headings()).to.deep.equal([]);
      expect(await store.delete(id)).to.equal(false);
      await stranger.dispose?.();
    });

    it('gives every kind of message back unchanged, in order, also when opened again', async () => {
      const messages = oneOfEach();
      await store.append(id, messages);
      expect(await store.load(id)).to.deep.equal({ id, messages });
      expect(await (await reopened()).load(id)).to.deep.equal({ id, messages });
    });

    it('adds to what is there', async () => {
      await store.append(id, [userMessage('one')]);
      await store.append(id, [assistantMessage('two'), userMessage('three')]);
      await (await reopened()).append(id, [assistantMessage('four')]);
      expect(await texts()).to.deep.equal(['one', 'two', 'three', 'four']);
    });

    it('makes nothing of no messages', async () => {
      await store.append(id, []);
      expect(await store.load(id)).to.equal(undefined);
      expect(await store.headings()).to.deep.equal([]);
    });

    it('keeps every one of many concurrent appends, each in one piece', async () => {
      const second = await reopened();
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? store : second).append(id, [userMessage(`${index} a`), assistantMessage(`${index} b`)]),
        ),
      );
      const stored = await texts();
      expect([...stored].sort()).to.deep.equal(
        Array.from({ length: 20 }, (_, index) => [`${index} a`, `${index} b`])
          .flat()
          .sort(),
      );
      for (let at = 0; at < stored.length; at += 2) expect(stored[at + 1]).to.equal(stored[at]?.replace('a', 'b'));
    });

    it('is not changed by what is done to a message afterwards', async () => {
      const message = { ...userMessage('before') };
      await store.append(id, [message]);
      message.text = 'after';
      const loaded = await store.load(id);
      (loaded?.messages[0] as { text: string }).text = 'after';
      expect(await texts()).to.deep.equal(['before']);
    });

    it('holds a message of a megabyte', async () => {
      const text = 'äx'.repeat(500_000);
      await store.append(id, [userMessage(text)]);
      expect(await texts()).to.deep.equal([text]);
    });

    describe('headings', () => {
      it('name, date and count each conversation, the one changed last first', async () => {
        await store.append(id, [userMessage('  Plan the\n\ttrip  ', { at: momentOf(10) })]);
        await store.append(other, [userMessage('Something else', { at: momentOf(20) }), assistantMessage('Yes', { at: momentOf(21) })]);
        expect(await store.headings()).to.deep.equal([
          { id: other, title: 'Something else', started: momentOf(20), updated: momentOf(21), messages: 2 },
          { id, title: 'Plan the trip', started: momentOf(10), updated: momentOf(10), messages: 1 },
        ]);
        await store.append(id, [assistantMessage('Where to?', { at: momentOf(30) })]);
        const headings = await (await reopened()).headings();
        expect(headings.map((heading) => heading.id)).to.deep.equal([id, other]);
        expect(headings[0]).to.deep.equal({ id, title: 'Plan the trip', started: momentOf(10), updated: momentOf(30), messages: 2 });
      });

      it('cut a long title to 80 characters without splitting one', async () => {
        await store.append(id, [userMessage('👩'.repeat(100))]);
        expect((await store.headings())[0]?.title).to.equal(`${'👩'.repeat(79)}…`);
      });

      it('forget a conversation that was removed, and know one that came again', async () => {
        await store.append(id, [userMessage('first', { at: momentOf(1) })]);
        await store.append(other, [userMessage('stays')]);
        await store.headings();
        await store.delete(id);
        expect((await store.headings()).map((heading) => heading.id)).to.deep.equal([other]);
        await store.append(id, [userMessage('second', { at: momentOf(2) })]);
        expect((await store.headings()).find((heading) => heading.id === id)).to.deep.include({ title: 'second', messages: 1 });
      });
    });

    it('removes a conversation, and says whether there was one', async () => {
      await store.append(id, [userMessage('x')]);
      await store.append(other, [userMessage('y')]);
      expect(await store.delete(id)).to.equal(true);
      expect(await store.delete(id)).to.equal(false);
      expect(await store.load(id)).to.equal(undefined);
      expect(await store.load(other)).not.to.equal(undefined);
    });

    it('refuses names that are none', async () => {
      for (const name of ['', '..', '../x', 'A', 'a/b', 'a.b', 'a\0', '-a', 'x'.repeat(65)]) {
        const wrong = conversationOf(name);
        for (const attempt of [
          () => store.load(wrong),
          () => store.append(wrong, [userMessage('x')]),
          () => store.delete(wrong),
          () => store.lease(wrong),
        ]) {
          const error = await attempt().catch((thrown: unknown) => thrown);
          expect(isPyraError(error, 'usage'), JSON.stringify(name)).to.equal(true);
        }
      }
    });

    describe('a lease', () => {
      it('keeps others out until it is let go', async () => {
        const release = await store.lease(id);
        for (const port of [store, await reopened()]) {
          expect(isPyraError(await port.lease(id).catch((thrown: unknown) => thrown), 'home/locked')).to.equal(true);
        }
        await release();
        await (await store.lease(id))();
      });

      it('is let go once: doing it again does not end a later one', async () => {
        const first = await store.lease(id);
        await first();
        const second = await store.lease(id);
        await first();
        expect(isPyraError(await store.lease(id).catch((thrown: unknown) => thrown), 'home/locked')).to.equal(true);
        await second();
      });

      it('hinders neither another conversation nor appending and reading', async () => {
        const release = await store.lease(id);
        await (await store.lease(other))();
        await store.append(id, [userMessage('x')]);
        expect(await texts()).to.deep.equal(['x']);
        expect(await store.headings()).to.have.length(1);
        await release();
      });
    });
  });
}

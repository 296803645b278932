import { expect } from 'chai';
import type { AuditEntry, AuditLogName } from '../../src/core/domain/audit.js';
import type { AuditLog } from '../../src/ports/audit-log.js';
import type { Harness, Subject } from '../support/harness.js';
import { momentOf } from '../support/messages.js';

/** An entry for tests. */
export function entryOf(event: string, log: AuditLogName = 'security', detail: AuditEntry['detail'] = { what: event }): AuditEntry {
  return { log, event, at: momentOf(0), detail };
}

/** What every AuditLog guarantees. */
export function auditLogContract(harness: Harness<AuditLog>): void {
  describe(`${harness.name} as an audit log`, () => {
    let subject: Subject<AuditLog>;
    let log: AuditLog;

    beforeEach(async () => {
      subject = await harness.create();
      log = subject.port;
    });

    afterEach(async () => subject.dispose?.());

    const events = async (name: AuditLogName = 'security', limit = 100): Promise<readonly string[]> =>
      (await log.recent(name, limit)).map((entry) => entry.event);

    it('is empty and whole at first, and shares nothing with another subject', async () => {
      const other = await harness.create();
      await other.port.append(entryOf('x'));
      expect(await log.recent('security', 10)).to.deep.equal([]);
      expect(await log.verify('security')).to.deep.equal({ log: 'security', entries: 0, sealedTo: 0, faults: [] });
      await other.dispose?.();
    });

    it('gives entries back unchanged, with their place in the chain', async () => {
      const detail = {
        tool: 'a.b',
        text: 'ü\u2028\n"\\ 👩‍👩‍👧 {"hash":"x"}',
        list: [1, null, { deep: true }],
        hash: 'y',
        mac: 'z',
        prev: 'p',
        seq: 9,
      };
      const entry = entryOf('tool-call', 'tool_executions', detail);
      await log.append(entry);
      await log.append(entryOf('second', 'tool_executions'));
      const [first, second] = await log.recent('tool_executions', 10);
      expect(first).to.deep.include({ ...entry, seq: 1 });
      expect(second).to.deep.include({ seq: 2, event: 'second' });
      expect(first?.hash).to.match(/^[0-9a-f]{64}$/);
      expect(first?.hash).not.to.equal(second?.hash);
    });

    it('has an entry that another one follows in its place at once, and stays whole whoever comes next', async () => {
      await log.append(entryOf('first'));
      for (const event of ['start', 'start again', 'and again', 'and again', 'and again', 'and again']) {
        await log.append(entryOf(event), { followed: true });
        expect((await events()).at(-1)).to.equal(event);
        expect((await log.verify('security')).faults).to.deep.equal([]);
      }
      await log.append(entryOf('end'));
      await (await subject.reopen?.())?.append(entryOf('later'), { followed: true });
      expect(await log.verify('security')).to.deep.include({ entries: subject.reopen === undefined ? 8 : 9, faults: [] });
    });

    it('keeps the two logs apart', async () => {
      await log.append(entryOf('a'));
      await log.append(entryOf('b', 'tool_executions'));
      await log.append(entryOf('c'));
      expect(await events('security')).to.deep.equal(['a', 'c']);
      expect(await events('tool_executions')).to.deep.equal(['b']);
      for (const name of ['security', 'tool_executions'] as const) expect((await log.verify(name)).faults).to.deep.equal([]);
    });

    it('gives the last entries, the oldest of them first, and no more than asked for', async () => {
      for (let number = 1; number <= 30; number += 1) await log.append(entryOf(`e${number}`));
      expect(await events('security', 3)).to.deep.equal(['e28', 'e29', 'e30']);
      expect(await events('security', 0)).to.deep.equal([]);
      expect(await events('security', 1_000)).to.have.length(30);
    });

    it('keeps everything of many appends at once, in one unbroken chain, also when opened twice', async () => {
      const second = (await subject.reopen?.()) ?? log;
      await Promise.all(Array.from({ length: 20 }, (_, number) => (number % 2 === 0 ? log : second).append(entryOf(`e${number}`))));
      expect([...(await events())].sort()).to.deep.equal(Array.from({ length: 20 }, (_, number) => `e${number}`).sort());
      expect((await log.recent('security', 100)).map((entry) => entry.seq)).to.deep.equal(Array.from({ length: 20 }, (_, at) => at + 1));
      expect(await log.verify('security')).to.deep.include({ entries: 20, faults: [] });
    });

    it('goes on with the chain when it is opened again', async () => {
      await log.append(entryOf('a'));
      const again = (await subject.reopen?.()) ?? log;
      await again.append(entryOf('b'));
      expect((await again.recent('security', 10)).map((entry) => [entry.seq, entry.event])).to.deep.equal([
        [1, 'a'],
        [2, 'b'],
      ]);
      expect(await again.verify('security')).to.deep.include({ entries: 2, faults: [] });
    });

    it('holds an entry of a megabyte', async () => {
      await log.append(entryOf('big', 'security', { text: 'ü'.repeat(500_000) }));
      await log.append(entryOf('small'));
      expect(await events('security', 2)).to.deep.equal(['big', 'small']);
      expect(await log.verify('security')).to.deep.include({ entries: 2, faults: [] });
    });
  });
}

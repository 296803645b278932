import { expect } from 'chai';
import type { Instant } from '../../src/core/domain/identifiers.js';
import type { McpRecord, McpServerName } from '../../src/core/domain/mcp-server.js';
import type { McpRecords } from '../../src/ports/mcp-records.js';
import type { Harness, Subject } from '../support/harness.js';
import { sampleMcpTool, sampleSeenTool } from '../support/sample-mcp-tool.js';

const issues = 'issues' as McpServerName;
const files = 'files' as McpServerName;
const NOTHING: McpRecord = { seen: [], unseen: [] };
const FULL: McpRecord = {
  seen: [
    sampleSeenTool(),
    sampleSeenTool({ verb: 'list', changed: 'gone' }),
    sampleSeenTool({ verb: 'search', changed: sampleMcpTool({ description: 'Köln ☔\n\u{202e}' }) }),
  ],
  unseen: [sampleMcpTool({ name: 'a/b', hints: {} })],
  blocked: { reason: 'it crashed three times in a minute', at: '2026-11-25T11:00:00.000Z' as Instant },
};

/** What every McpRecords guarantees. */
export function mcpRecordsContract(harness: Harness<McpRecords>): void {
  describe(`${harness.name} as the records of MCP servers`, () => {
    let subject: Subject<McpRecords>;
    let records: McpRecords;

    beforeEach(async () => {
      subject = await harness.create();
      records = subject.port;
    });

    afterEach(async () => subject.dispose?.());

    const reopened = async (): Promise<McpRecords> => (await subject.reopen?.()) ?? records;

    it('knows nothing of a server at first', async () => {
      expect(await records.load(issues)).to.deep.equal(NOTHING);
    });

    it('gives back what was stored, in another process too, and keeps servers apart', async () => {
      expect(await records.update(issues, () => FULL)).to.deep.equal(FULL);
      expect(await records.load(issues)).to.deep.equal(FULL);
      expect(await (await reopened()).load(issues)).to.deep.equal(FULL);
      expect(await records.load(files)).to.deep.equal(NOTHING);
    });

    it('sees what another process stored after it read', async () => {
      await records.update(issues, () => FULL);
      await records.load(issues);
      await (await reopened()).update(issues, (now) => ({ ...now, unseen: [] }));
      expect((await records.load(issues)).unseen).to.deep.equal([]);
    });

    it('changes what is there at that moment, and loses none of several changes at once', async () => {
      const subjects = [records, await reopened()];
      const names = Array.from({ length: 12 }, (_one, index) => `tool-${index}`);
      await Promise.all(
        names.map((name, index) =>
          (subjects[index % 2] as McpRecords).update(issues, (now) => ({ ...now, unseen: [...now.unseen, sampleMcpTool({ name })] })),
        ),
      );
      expect((await records.load(issues)).unseen.map(({ name }) => name)).to.have.members(names);
    });

    it('leaves everything when a change fails', async () => {
      await records.update(issues, () => FULL);
      const fault = new Error('no');
      const failed = await records
        .update(issues, () => {
          throw fault;
        })
        .catch((error: unknown) => error);
      expect(failed).to.equal(fault);
      expect(await records.load(issues)).to.deep.equal(FULL);
    });

    it('is not changed by what is done to what it gave or took', async () => {
      const given = structuredClone(FULL);
      await records.update(issues, () => given);
      (given.unseen as unknown[]).pop();
      // What was given may be frozen.
      const attempt = (change: (record: McpRecord) => void, record: McpRecord): void => {
        try {
          change(record);
        } catch (error) {
          expect(error).to.be.instanceOf(TypeError);
        }
      };
      attempt(({ seen }) => (seen as unknown[]).pop(), await records.load(issues));
      attempt(({ seen }) => Object.assign(seen[0]?.tool.parameters ?? {}, { type: 'string' }), await records.load(issues));
      await records.update(issues, (now) => {
        attempt(({ unseen }) => (unseen as unknown[]).pop(), now);
        return FULL;
      });
      expect(await records.load(issues)).to.deep.equal(FULL);
    });

    it('forgets a server, and says whether it knew it', async () => {
      await records.update(issues, () => FULL);
      await records.update(files, () => FULL);
      expect(await records.remove(issues)).to.equal(true);
      expect(await records.remove(issues)).to.equal(false);
      expect(await records.load(issues)).to.deep.equal(NOTHING);
      expect(await (await reopened()).load(files)).to.deep.equal(FULL);
    });
  });
}

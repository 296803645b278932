import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FsMcpRecords } from '../../src/adapters/filesystem/fs-mcp-records.js';
import { InMemoryMcpRecords } from '../../src/adapters/in-memory/in-memory-mcp-records.js';
import { isPyraError } from '../../src/core/domain/errors.js';
import type { McpServerName } from '../../src/core/domain/mcp-server.js';
import { sampleMcpTool, sampleSeenTool } from '../support/sample-mcp-tool.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { mcpRecordsContract } from './mcp-records.contract.js';

mcpRecordsContract({ name: InMemoryMcpRecords.name, create: async () => ({ port: new InMemoryMcpRecords() }) });

mcpRecordsContract({
  name: FsMcpRecords.name,
  create: async () => {
    const root = temporaryFolder();
    return {
      port: new FsMcpRecords(root),
      reopen: async () => new FsMcpRecords(root),
      dispose: async () => removeFolder(root),
    };
  },
});

describe('FsMcpRecords in a home', () => {
  const issues = 'issues' as McpServerName;
  const seen = { seen: [sampleSeenTool()], unseen: [] };
  let root: string;
  let records: FsMcpRecords;
  let file: string;

  beforeEach(() => {
    root = temporaryFolder();
    records = new FsMcpRecords(root);
    file = join(root, 'state/mcp/issues.json');
  });

  afterEach(() => removeFolder(root));

  const failure = async (run: Promise<unknown>): Promise<unknown> => run.catch((error: unknown) => error);

  it('keeps a file that is the person’s alone, whatever the umask, and leaves nothing beside it', async () => {
    for (const mask of [0o000, 0o022]) {
      const before = process.umask(mask);
      try {
        await records.update(issues, () => seen);
      } finally {
        process.umask(before);
      }
      expect(lstatSync(file).mode & 0o777).to.equal(0o600);
      expect(lstatSync(join(root, 'state/mcp')).mode & 0o777).to.equal(0o700);
      chmodSync(file, 0o644);
    }
    await records.update(issues, () => seen);
    expect(lstatSync(file).mode & 0o777).to.equal(0o600);
    expect(readdirSync(join(root, 'state/mcp'))).to.deep.equal(['issues.json']);
  });

  const damages: readonly string[] = [
    '',
    '{',
    '[]',
    '{"seen":[]}',
    '{"seen":[{}],"unseen":[]}',
    '{"seen":[],"unseen":[1]}',
    '{"seen":[],"unseen":[],"blocked":true}',
    JSON.stringify({ ...seen, seen: [{ ...sampleSeenTool(), verb: '../x' }] }),
    JSON.stringify({ ...seen, seen: [{ ...sampleSeenTool(), changed: {} }] }),
  ];
  for (const damage of damages) {
    it(`has seen nothing where what is stored is ${JSON.stringify(damage.slice(0, 40))}, and stores over it`, async () => {
      mkdirSync(join(root, 'state/mcp'), { recursive: true });
      writeFileSync(file, damage);
      expect(await records.load(issues)).to.deep.equal({ seen: [], unseen: [] });
      await records.update(issues, (now) => ({ ...now, seen: seen.seen }));
      expect(await records.load(issues)).to.deep.equal(seen);
    });
  }

  it('refuses a link in place of the record, or of a folder above it, and touches nothing behind it', async () => {
    const outside = join(root, 'outside.json');
    writeFileSync(outside, JSON.stringify(seen));
    mkdirSync(join(root, 'state/mcp'), { recursive: true });
    symlinkSync(outside, file);
    for (const run of [() => records.load(issues), () => records.update(issues, () => seen), () => records.remove(issues)]) {
      expect(isPyraError(await failure(run()), 'path/outside-boundary')).to.equal(true);
    }
    expect(readFileSync(outside, 'utf8')).to.equal(JSON.stringify(seen));
    const other = temporaryFolder();
    mkdirSync(join(other, 'real'));
    symlinkSync(join(other, 'real'), join(other, 'state'));
    expect(isPyraError(await failure(new FsMcpRecords(other).update(issues, () => seen)), 'path/outside-boundary')).to.equal(true);
    expect(readdirSync(join(other, 'real'))).to.deep.equal([]);
    removeFolder(other);
  });

  it('keeps what was there when a server says more than can be kept', async function () {
    this.timeout(20_000);
    await records.update(issues, () => seen);
    const huge = Array.from({ length: 33 }, (_one, index) => sampleMcpTool({ name: `t${index}`, description: 'x'.repeat(1024 * 1024) }));
    expect(isPyraError(await failure(records.update(issues, () => ({ ...seen, unseen: huge }))), 'limit/reached')).to.equal(true);
    expect(await new FsMcpRecords(root).load(issues)).to.deep.equal(seen);
  });

  it('refuses names that are none', async () => {
    for (const name of ['../x', '', 'A', 'constructor', '.lock']) {
      expect(isPyraError(await failure(records.load(name as McpServerName)), 'usage')).to.equal(true);
      expect(isPyraError(await failure(records.remove(name as McpServerName)), 'usage')).to.equal(true);
    }
  });

  it('removes the data folder with everything in it, and nothing behind its links', async () => {
    const outside = join(root, 'kept');
    mkdirSync(outside);
    writeFileSync(join(outside, 'file'), 'kept');
    const data = join(root, 'mcp/issues');
    mkdirSync(join(data, 'closed/below'), { recursive: true });
    symlinkSync(outside, join(data, 'link'));
    symlinkSync('/', join(data, 'closed/root'));
    chmodSync(join(data, 'closed'), 0o000);
    expect(await records.remove(issues)).to.equal(true);
    expect(existsSync(data)).to.equal(false);
    expect(readFileSync(join(outside, 'file'), 'utf8')).to.equal('kept');
    expect(readdirSync(join(root, 'state/mcp'))).to.deep.equal([]);
  });

  it('removes nothing through a link in place of the data folder', async () => {
    const outside = join(root, 'kept');
    mkdirSync(join(root, 'mcp'));
    mkdirSync(outside);
    writeFileSync(join(outside, 'file'), 'kept');
    symlinkSync(outside, join(root, 'mcp/issues'));
    expect(isPyraError(await failure(records.remove(issues)), 'path/outside-boundary')).to.equal(true);
    expect(existsSync(join(outside, 'file'))).to.equal(true);
  });
});

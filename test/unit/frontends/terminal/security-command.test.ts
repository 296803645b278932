import { expect } from 'chai';
import { type AuditMemory, InMemoryAuditLog } from '../../../../src/adapters/in-memory/in-memory-audit-log.js';
import { type Instant, instantOf } from '../../../../src/core/domain/identifiers.js';
import type { Command } from '../../../../src/frontends/terminal/command.js';
import { commands } from '../../../../src/frontends/terminal/security-command.js';
import { commandContext, runCommand } from '../../../support/command-context.js';

const log = commands[0] as Command;
const at = (minute: number): Instant => instantOf(Date.UTC(2026, 2, 1, 10, minute));

describe('pyra security log', () => {
  let memory: AuditMemory;
  let audit: InMemoryAuditLog;
  beforeEach(async () => {
    memory = { lines: { tool_executions: [], security: [] } };
    audit = new InMemoryAuditLog(memory);
    await audit.append({ log: 'security', event: 'finding', at: at(1), detail: { label: 'x\u001b[2J', count: 2 } });
    await audit.append({ log: 'tool_executions', event: 'tool-call', at: at(2), detail: { tool: 'mail.send' } });
    await audit.append({ log: 'security', event: 'vault-read', at: at(3), detail: { name: 'openai' } });
  });
  const run = async (line: readonly string[], json = true) => {
    const context = commandContext({ pyra: { log: audit }, globals: { json } });
    const code = await runCommand(log, context, line);
    return { code, text: context.out(), value: json ? JSON.parse(context.out()) : undefined };
  };
  const events = async (...line: string[]) => (await run(line)).value.entries.map(({ event }: { event: string }) => event);

  it('shows both logs in the order of time', async () => {
    expect(await events()).to.deep.equal(['finding', 'tool-call', 'vault-read']);
  });

  it('shows one of them, and the last entries only', async () => {
    expect(await events('--log', 'tool')).to.deep.equal(['tool-call']);
    expect(await events('--log', 'security', '--limit', '1')).to.deep.equal(['vault-read']);
    expect(await events('--limit', '2')).to.deep.equal(['tool-call', 'vault-read']);
  });

  it('shows details in which nothing is obeyed by a terminal', async () => {
    const { text } = await run([], false);
    expect(text).to.include('label=x\\u{1b}[2J count=2');
  });

  it('says that whole logs are whole', async () => {
    const { code, text } = await run(['--verify'], false);
    expect(code).to.equal(0);
    expect(text).to.equal('security.log: 2 entries, sealed to 0\ntool_executions.log: 1 entries, sealed to 0\n');
  });

  it('exits 9 and names the fault when an entry was changed', async () => {
    const first = memory.lines.security[0];
    if (first !== undefined) memory.lines.security[0] = { ...first, event: 'nothing' };
    const { code, value } = await run(['--verify']);
    expect(code).to.equal(9);
    expect(value.whole).to.equal(false);
    expect(value.logs[0].faults).to.deep.equal(['entry 1 is not the one that was written']);
    expect((await run(['--verify', '--log', 'tool'])).code).to.equal(0);
  });
});

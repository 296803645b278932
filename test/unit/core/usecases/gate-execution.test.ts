import { expect } from 'chai';
import { InMemoryAuditLog } from '../../../../src/adapters/in-memory/in-memory-audit-log.js';
import { InMemorySystem } from '../../../../src/adapters/in-memory/in-memory-system.js';
import { InMemoryToolProvider } from '../../../../src/adapters/in-memory/in-memory-tool-provider.js';
import type { AuditEntry } from '../../../../src/core/domain/audit.js';
import type { CallId, ToolName } from '../../../../src/core/domain/identifiers.js';
import { Redactor } from '../../../../src/core/domain/redaction.js';
import { DEFAULT_SETTINGS } from '../../../../src/core/domain/settings.js';
import { GateExecution } from '../../../../src/core/usecases/gate-execution.js';
import { type PreparedCall, prepareCall } from '../../../../src/core/usecases/prepared-call.js';
import { type FoundTool, Toolbox } from '../../../../src/core/usecases/toolbox.js';
import { gateHarness, plainTool, sendTool, YES } from '../../../support/gate-harness.js';
import { conversationOf } from '../../../support/messages.js';

describe('the entry of a start', () => {
  it('waits for the disk before whatever has an effect', async () => {
    const audit = new InMemoryAuditLog();
    const followed: unknown[] = [];
    const append = audit.append.bind(audit);
    const recording = Object.assign(audit, {
      append: (entry: AuditEntry, options?: { readonly followed?: boolean }) => {
        if (entry.event === 'tool-start') followed.push([entry.detail.effect, options?.followed]);
        return append(entry);
      },
    });
    const effects = ['read', 'write', 'egress', 'destructive'] as const;
    const tools = effects.map((effect) => plainTool(`email.${effect}`, effect));
    const { run } = gateHarness({ tools, decisions: [YES, YES, YES], ports: { audit: recording } });
    for (const effect of effects) expect((await run(`email.${effect}`)).result.outcome).to.equal('ok');
    expect(followed).to.deep.equal([
      ['read', true],
      ['write', false],
      ['egress', false],
      ['destructive', false],
    ]);
  });
});

describe('GateExecution', () => {
  const tool = 'email.send' as ToolName;
  const args = Object.freeze({ to: 'ana@example.org' });

  async function prepared() {
    const provider = new InMemoryToolProvider('email', [sendTool()]);
    const system = new InMemorySystem();
    const toolbox = new Toolbox([], [provider]);
    const execution = new GateExecution({
      toolbox,
      system,
      checker: { check: async () => [] },
      audit: new InMemoryAuditLog(),
      redactor: new Redactor(),
      settings: DEFAULT_SETTINGS,
    });
    const parts = {
      call: { id: 'c1' as CallId, tool, args },
      args,
      found: (await toolbox.find(tool)) as FoundTool,
      conversation: conversationOf('conversation-1'),
      scan: { text: '', findings: [], holdsSecret: false },
      edited: false,
    };
    return { provider, execution, system, parts, call: prepareCall(parts, system), turn: gateHarness().turn() };
  }

  it('runs a call for which leave was given once, and never again', async () => {
    const { provider, execution, call, turn } = await prepared();
    expect((await execution.execute(call, turn)).outcome).to.equal('ok');
    expect((await execution.execute(call, turn)).outcome).to.equal('denied');
    expect(provider.runs).to.have.length(1);
  });

  it('runs nothing under a digest that was made for other arguments, another conversation or another request', async () => {
    const { provider, execution, call, parts, system, turn } = await prepared();
    const forged: readonly PreparedCall[] = [
      { ...call, call: { ...call.call, args: { to: 'eve@example.org' } } },
      { ...call, conversation: conversationOf('conversation-2') },
      { ...call, nonce: system.id() },
      { ...prepareCall(parts, system), digest: call.digest },
    ];
    for (const one of forged) expect((await execution.execute(one, turn)).outcome).to.equal('denied');
    expect(provider.runs).to.be.empty;
  });

  it('gives identical calls the same identity and each its own digest, whatever the order of the arguments', async () => {
    const { parts, system } = await prepared();
    const [one, other] = [
      { to: 'a', body: 'b' },
      { body: 'b', to: 'a' },
    ].map((given) => prepareCall({ ...parts, args: given }, system));
    expect(one?.identity).to.equal(other?.identity);
    expect(one?.digest).to.not.equal(other?.digest);
  });
});

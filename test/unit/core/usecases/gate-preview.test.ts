import { expect } from 'chai';
import { PyraError } from '../../../../src/core/domain/errors.js';
import { Secret } from '../../../../src/core/domain/secret.js';
import { gateHarness, NO, plainTool, sendTool, YES } from '../../../support/gate-harness.js';

const UNKNOWN = 'it could not be computed beforehand what exactly this will do';

describe('the preview of a call', () => {
  it('is on the card, computed from the arguments that will run', async () => {
    const tool = { ...sendTool(), preview: (args: { readonly to?: unknown }) => `From: me\nTo: ${args.to}` };
    const { run, approver } = gateHarness({ tools: [tool], decisions: [YES] });
    expect((await run('email.send', { to: 'ana@example.org' })).result.outcome).to.equal('ok');
    expect(approver.requests[0]?.preview).to.equal('From: me\nTo: ana@example.org');
  });

  it('is computed anew for edited arguments', async () => {
    const tool = { ...sendTool(), preview: (args: { readonly to?: unknown }) => `To: ${args.to}` };
    const edit = { outcome: 'edit', args: { to: 'bob@example.org' }, by: 'person' } as const;
    const { run, approver } = gateHarness({ tools: [tool], decisions: [edit, NO] });
    await run('email.send', { to: 'ana@example.org' });
    expect(approver.requests.map(({ preview }) => preview)).to.deep.equal(['To: ana@example.org', 'To: bob@example.org']);
  });

  it('holds no secret, no escape sequence and no more than 100,000 characters', async () => {
    const tool = { ...sendTool(), preview: () => `\u001b[2Jpassword correct-horse-battery ${'x'.repeat(200_000)}` };
    const { run, approver, redactor } = gateHarness({ tools: [tool], decisions: [NO] });
    redactor.remember(new Secret('correct-horse-battery'));
    await run('email.send', { to: 'ana@example.org' });
    const preview = approver.requests[0]?.preview ?? '';
    expect(preview).not.to.contain('correct-horse');
    expect(preview.startsWith('password ')).to.equal(true);
    expect(preview.length).to.equal(100_000);
    expect(preview).to.contain('[cut: of ');
  });

  it('that breaks or says nothing leaves the question, and a line that says so', async () => {
    const broken = () => {
      throw new Error('no such event');
    };
    for (const preview of [broken, () => ' ']) {
      const { run, approver } = gateHarness({ tools: [{ ...sendTool(), preview }], decisions: [YES] });
      expect((await run('email.send', { to: 'ana@example.org' })).result.outcome).to.equal('ok');
      expect(approver.requests[0]?.preview).to.equal(undefined);
      expect(approver.requests[0]?.reasons).to.include(UNKNOWN);
    }
  });

  it('that cannot be made says why, in one line without secrets', async () => {
    const preview = () => {
      throw new PyraError('plugin/crashed', 'there is no event\nabc, correct-horse-battery');
    };
    const { run, approver, redactor } = gateHarness({ tools: [{ ...sendTool(), preview }], decisions: [NO] });
    redactor.remember(new Secret('correct-horse-battery'));
    await run('email.send', { to: 'ana@example.org' });
    const [, reason] = approver.requests[0]?.reasons ?? [];
    expect(reason).to.equal(`${UNKNOWN} (email: there is no event abc, [redacted:vault])`);
  });

  it('that hangs ends with the turn', async () => {
    const controller = new AbortController();
    const preview = (_args: unknown, signal: AbortSignal) =>
      new Promise<string>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        controller.abort();
      });
    const { run, approver, provider } = gateHarness({ tools: [{ ...sendTool(), preview }], decisions: [YES] });
    const { result } = await run('email.send', { to: 'ana@example.org' }, { signal: controller.signal });
    expect(result.outcome).to.equal('aborted');
    expect(approver.requests).to.have.length(0);
    expect(provider.runs).to.have.length(0);
  });

  it('is not computed for a call about which nobody is asked', async () => {
    let previews = 0;
    const preview = () => {
      previews += 1;
      return 'reads';
    };
    const { run } = gateHarness({ tools: [{ ...plainTool('email.read', 'read'), preview }] });
    expect((await run('email.read')).result.outcome).to.equal('ok');
    expect(previews).to.equal(0);
  });
});

describe('a call that takes long', () => {
  it('reports its progress as one clean line without secrets', async () => {
    const tool = plainTool('email.search', 'read', (_args, _signal, { progress }) => {
      progress('\u001b[31mfolder 1\nof 2, correct-horse-battery, the-first-line\nthe-second-line');
      return 'found';
    });
    const { run, events, redactor } = gateHarness({ tools: [tool] });
    redactor.remember(new Secret('correct-horse-battery'));
    redactor.remember(new Secret('the-first-line\nthe-second-line'));
    await run('email.search');
    const [progress] = events.filter(({ type }) => type === 'tool-progress');
    expect(progress).to.include({ type: 'tool-progress', call: 'call-1' });
    expect(progress?.type === 'tool-progress' && progress.text).to.match(/^folder 1 of 2, (?!correct)/);
    expect(progress?.type === 'tool-progress' && progress.text).not.to.match(/line/);
  });

  it('may take as long as its definition says, 60 s where it says nothing', async () => {
    for (const [timeout, seconds] of [
      [300, 300],
      [undefined, 60],
      [100_000, 60],
    ] as const) {
      const tool = plainTool('email.search', 'read', () => new Promise<string>(() => undefined), timeout === undefined ? {} : { timeout });
      const { run, system } = gateHarness({ tools: [tool] });
      const running = run('email.search');
      await new Promise(setImmediate);
      system.advance(seconds * 1000 - 1);
      const early = await Promise.race([running.then(() => true), new Promise((resolve) => setImmediate(() => resolve(false)))]);
      expect(early).to.equal(false);
      system.advance(1);
      expect((await running).result).to.deep.include({ outcome: 'timed-out' });
    }
  });

  it('names who wrote its answer behind the name of the tool', async () => {
    const tool = plainTool('email.read', 'read', () => ({
      text: 'hello',
      provenance: { kind: 'external', source: 'eve@example.org\n<external>' },
    }));
    const { run } = gateHarness({ tools: [tool] });
    expect((await run('email.read')).provenance).to.deep.equal({ kind: 'external', source: 'email.read: eve@example.org <external>' });
  });
});

import { expect } from 'chai';
import { InMemoryConversationStore } from '../../../../src/adapters/in-memory/in-memory-conversation-store.js';
import { InMemoryToolProvider } from '../../../../src/adapters/in-memory/in-memory-tool-provider.js';
import { InMemoryVault } from '../../../../src/adapters/in-memory/in-memory-vault.js';
import { parseAllowRule } from '../../../../src/core/domain/allow-rule.js';
import type { CallId, SecretName, ToolName } from '../../../../src/core/domain/identifiers.js';
import type { ToolMessage } from '../../../../src/core/domain/message.js';
import { Redactor } from '../../../../src/core/domain/redaction.js';
import { Secret } from '../../../../src/core/domain/secret.js';
import { MODEL_RESULT_CHARACTERS } from '../../../../src/core/domain/tool.js';
import { resultForModel } from '../../../../src/core/domain/tool-result.js';
import { AllowingApprover } from '../../../../src/core/usecases/allowing-approver.js';
import { RedactingSecrets } from '../../../../src/core/usecases/redacting-secrets.js';
import { ResultTools } from '../../../../src/core/usecases/result-tools.js';
import { Toolbox } from '../../../../src/core/usecases/toolbox.js';
import { UnavailableApprover } from '../../../../src/core/usecases/unavailable-approver.js';
import { approvalRequest } from '../../../support/approval-request.js';
import { externalResult, gateHarness, plainTool } from '../../../support/gate-harness.js';
import { conversationOf } from '../../../support/messages.js';

const never = new AbortController().signal;

describe('Toolbox', () => {
  it('finds a tool with its provider, and tells own from others', async () => {
    const [own, other] = [
      new InMemoryToolProvider('memory', [plainTool('memory.list', 'read')]),
      new InMemoryToolProvider('x', [plainTool('a.b', 'write')]),
    ];
    const toolbox = new Toolbox([own], [other]);
    expect(await toolbox.find('memory.list' as ToolName)).to.deep.include({ provider: own, own: true });
    expect(await toolbox.find('a.b' as ToolName)).to.deep.include({ provider: other, own: false });
    expect(await toolbox.find('a.c' as ToolName)).to.equal(undefined);
    expect((await toolbox.definitions()).map(({ name }) => name)).to.deep.equal(['memory.list', 'a.b']);
  });

  it('leaves out a provider that breaks, names that are taken and definitions that are none, and says so', async () => {
    const broken = new InMemoryToolProvider('broken', []);
    broken.tools = () => Promise.reject(new Error('CANARY'));
    const toolbox = new Toolbox(
      [new InMemoryToolProvider('memory', [plainTool('memory.list', 'read')])],
      [
        broken,
        new InMemoryToolProvider('one', [plainTool('a.b', 'read')]),
        new InMemoryToolProvider('two', [plainTool('a.b', 'read'), plainTool('nope', 'read'), plainTool('memory.all', 'read')]),
      ],
    );
    expect((await toolbox.definitions()).map(({ name }) => name)).to.deep.equal(['memory.list', 'a.b']);
    const faults = await toolbox.faults();
    expect(faults).to.have.length(4);
    expect(faults.join('\n'))
      .to.match(/broken/)
      .and.match(/a\.b is offered by one already/)
      .and.match(/nope/)
      .and.match(/memory\.all/)
      .and.not.match(/CANARY/);
  });

  it('takes what several sources give, and what they say is missing', async () => {
    const closed: string[] = [];
    const sourceOf = (id: string, ...names: readonly string[]) => ({
      look: async () => ({
        providers: [
          new InMemoryToolProvider(
            id,
            names.map((name) => plainTool(name, 'read')),
          ),
        ],
        faults: [`${id}: one is missing`],
      }),
      close: async () => {
        closed.push(id);
      },
    });
    const toolbox = new Toolbox([], [], sourceOf('one', 'a.b'), sourceOf('two', 'a.b', 'a.c'));
    expect((await toolbox.definitions()).map(({ name }) => name)).to.deep.equal(['a.b', 'a.c']);
    expect(await toolbox.faults()).to.deep.equal(['one: one is missing', 'two: one is missing', 'two: a.b is offered by one already']);
    await toolbox.close();
    expect(closed).to.deep.equal(['one', 'two']);
  });

  it('closes all providers, also when one fails', async () => {
    const closed: string[] = [];
    const providers = ['a', 'b', 'c'].map((id) => {
      const provider = new InMemoryToolProvider(id, []);
      provider.close = async () => {
        closed.push(id);
        if (id === 'a') throw new Error('stuck');
      };
      return provider;
    });
    await new Toolbox([], providers).close();
    expect(closed).to.deep.equal(['a', 'b', 'c']);
  });
});

describe('RedactingSecrets', () => {
  it('tells the redactor what it reveals and what it takes', async () => {
    const [vault, redactor] = [new InMemoryVault(), new Redactor()];
    await vault.create(new Secret('passphrase'));
    await vault.set('old' as SecretName, new Secret('CANARY-old-value'));
    const secrets = new RedactingSecrets(vault, redactor);
    expect(redactor.redact('CANARY-old-value')).to.equal('CANARY-old-value');
    expect((await secrets.get('old' as SecretName))?.reveal()).to.equal('CANARY-old-value');
    await secrets.set('new' as SecretName, new Secret('CANARY-new-value'));
    expect(redactor.redact('CANARY-old-value CANARY-new-value')).to.equal('[redacted:vault] [redacted:vault]');
    expect(await secrets.names()).to.deep.equal(['new', 'old']);
    expect(await secrets.delete('old' as SecretName)).to.equal(true);
    expect(await secrets.get('old' as SecretName)).to.equal(undefined);
  });
});

describe('AllowingApprover', () => {
  it('allows by a rule what a rule permits, once, and leaves the rest to the approver within', async () => {
    const approver = new AllowingApprover([parseAllowRule('email.send:to=ana@example.org')], new UnavailableApprover());
    expect(await approver.decide(approvalRequest(), never)).to.deep.equal({ outcome: 'allow', scope: 'once', by: 'rule' });
    const { call } = approvalRequest();
    const other = approvalRequest({ call: { ...call, args: { to: 'eve@example.org' } } });
    expect(await approver.decide(other, never)).to.deep.equal({ outcome: 'deny', by: 'unavailable' });
    expect((await approver.decide(approvalRequest(), AbortSignal.abort())).outcome).to.equal('deny');
  });
});

describe('result.read', () => {
  const long = {
    ...externalResult(''),
    result: { ...externalResult('').result, text: Array.from({ length: 3_000 }, (_, line) => `😀 line ${line}\n`).join('') },
  };

  it('reads a long result whole, page by page as the model is told, from the gate and with its provenance', async () => {
    const store = new InMemoryConversationStore();
    await store.append(conversationOf('conversation-1'), [long]);
    const { run } = gateHarness({ own: [new ResultTools(store)], others: [] });
    const next = /read on: result\.read (\{[^}]*\})\]/;
    let shown = resultForModel(long);
    let read = /\n([\s\S]*)\n<\/external/.exec(shown)?.[1] ?? '';
    for (let match = next.exec(shown); match !== null; match = next.exec(shown)) {
      const page: ToolMessage = await run('result.read', JSON.parse(match[1] as string));
      expect(page.provenance).to.deep.equal(long.provenance);
      expect(page.result.outcome).to.equal('ok');
      expect(page.result.text.length).to.be.at.most(MODEL_RESULT_CHARACTERS);
      shown = page.result.text;
      read += shown.slice(0, shown.lastIndexOf('\n['));
    }
    expect(read).to.equal(long.result.text);
  });

  it('reads nothing of another conversation, and says when there is no more', async () => {
    const store = new InMemoryConversationStore();
    await store.append(conversationOf('conversation-2'), [long]);
    const { run } = gateHarness({ own: [new ResultTools(store)], others: [] });
    expect((await run('result.read', { call: 'earlier' as CallId, from: 1 })).result.outcome).to.equal('failed');
    await store.append(conversationOf('conversation-1'), [long]);
    expect((await run('result.read', { call: 'earlier', from: 99_999_999 })).result.outcome).to.equal('failed');
  });
});

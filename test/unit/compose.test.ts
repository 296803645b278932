import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { InMemoryToolProvider } from '../../src/adapters/in-memory/in-memory-tool-provider.js';
import { ScriptedModel } from '../../src/adapters/in-memory/scripted-model.js';
import { createPyra, openFoundation } from '../../src/compose.js';
import type { NoteId } from '../../src/core/domain/identifiers.js';
import { Secret } from '../../src/core/domain/secret.js';
import { DEFAULT_SETTINGS } from '../../src/core/domain/settings.js';
import { newConversationId } from '../../src/core/usecases/conversation-fork.js';
import { UnavailableApprover } from '../../src/core/usecases/unavailable-approver.js';
import { end, says } from '../support/assistant-harness.js';

describe('createPyra', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pyra-compose-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const open = (name: string, model = new ScriptedModel([[...says('hello'), end()]])) =>
    createPyra({ home: join(folder, name), environment: {}, with: { model } });

  it('makes two Pyras that do not see each other', async () => {
    const one = await open('one');
    const other = await open('other');
    await one.memory.remember({ id: 'context/tea.md' as NoteId, text: 'likes tea', provenance: { kind: 'own' } });
    one.redactor.remember(new Secret('only-one-knows-this'));
    expect(await other.memory.list()).to.have.length(0);
    expect(other.redactor.redact('only-one-knows-this')).to.equal('only-one-knows-this');
    expect(one.redactor.redact('only-one-knows-this')).to.not.contain('only-one');
    await one.close();
    expect(await other.memory.list()).to.have.length(0);
    await other.close();
  });

  it('offers the tools of the script beside its own, and closes them', async () => {
    let closed = 0;
    const tools = new InMemoryToolProvider('clock', [{ definition: { name: 'clock.now' }, run: () => 'noon' }]);
    tools.close = async () => {
      closed += 1;
    };
    const pyra = await createPyra({ home: join(folder, 'home'), environment: {}, with: { tools: [tools] } });
    expect((await pyra.toolbox.definitions()).map(({ name }) => name)).to.include.members(['clock.now', 'memory.read', 'result.read']);
    await Promise.all([pyra.close(), pyra.close()]);
    expect(closed).to.equal(1);
  });

  it('gives nobody a way to a tool but the gate', async () => {
    const pyra = await open('home');
    expect(Object.keys(pyra.toolbox)).to.have.members(['definitions', 'faults']);
    expect(JSON.stringify(await pyra.toolbox.definitions())).to.not.contain('provider');
    await pyra.close();
  });

  it('says what to do when no model is configured, and stores nothing', async () => {
    const pyra = await createPyra({ home: join(folder, 'home'), environment: {} });
    const request = { conversation: newConversationId(pyra.system), text: 'hi', origin: { kind: 'script' } } as const;
    const turn = pyra.assistant.respond(request, { approver: new UnavailableApprover(), signal: new AbortController().signal });
    let failure: unknown;
    try {
      for await (const event of turn) expect(event).to.equal(undefined);
    } catch (error) {
      failure = error;
    }
    expect(failure).to.have.property('code', 'settings/invalid');
    expect(failure).to.have.property('hint').that.contains('pyra setup');
    expect(await pyra.conversations.headings()).to.have.length(0);
    await pyra.close();
  });

  it('remembers a secret of the vault before it can be said', async () => {
    const pyra = await createPyra({ home: join(folder, 'home'), environment: {}, with: { settings: DEFAULT_SETTINGS } });
    await pyra.vault.create(new Secret('a passphrase for tests'), { workFactor: 10 });
    await pyra.vault.set('openai' as never, new Secret('sk-value-of-the-secret'));
    expect(pyra.redactor.redact('it is sk-value-of-the-secret')).to.not.contain('value-of-the-secret');
    await pyra.close();
  });

  it('opens a foundation that prepares nothing', async () => {
    const home = join(folder, 'untouched');
    const foundation = await openFoundation({ home, environment: {} });
    expect((await foundation.home.inspect()).length).to.be.greaterThan(0);
    expect((await foundation.models(DEFAULT_SETTINGS)).providers().length).to.be.greaterThan(10);
    await foundation.close();
    expect((await (await openFoundation({ home, environment: {} })).home.inspect()).length).to.be.greaterThan(0);
  });
});

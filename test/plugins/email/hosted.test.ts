import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { InMemoryVault } from '../../../src/adapters/in-memory/in-memory-vault.js';
import { createPyra } from '../../../src/compose.js';
import type { CallId, ToolName } from '../../../src/core/domain/identifiers.js';
import type { JsonObject } from '../../../src/core/domain/json.js';
import type { ToolMessage } from '../../../src/core/domain/message.js';
import { MAIN_ACCOUNT } from '../../../src/core/domain/plugin-manifest.js';
import { Secret } from '../../../src/core/domain/secret.js';
import { newConversationId } from '../../../src/core/usecases/conversation-fork.js';
import type { Pyra } from '../../../src/core/usecases/pyra.js';
import { UnavailableApprover } from '../../../src/core/usecases/unavailable-approver.js';
import { bundledPlugins } from '../../support/plugin-fixture.js';
import { type Dovecot, startDovecot } from '../../support/servers/dovecot.js';
import { writeMaildir } from '../../support/servers/maildir.js';
import { EMPTY_FOLDERS, sampleMail } from '../../support/servers/sample-mail.js';
import { needs } from '../../support/servers/test-server.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';

const never = new AbortController().signal;

describe('e-mail: the bundled plugin in its sandbox, through the broker, to Dovecot over TLS', function () {
  this.timeout(30_000);
  let server: Dovecot;
  let root: string;
  let pyra: Pyra;

  before(async function () {
    needs(this, 'dovecot', 'openssl');
    await bundledPlugins();
    server = await startDovecot({ seed: (maildir) => writeMaildir(maildir, sampleMail(), EMPTY_FOLDERS) });
  });

  after(async () => server?.stop());

  beforeEach(async () => {
    root = temporaryFolder();
    const vault = new InMemoryVault();
    await vault.create(new Secret('a passphrase'));
    pyra = await createPyra({ home: join(root, 'home'), environment: {}, with: { vault } });
    await pyra.plugins.install((await pyra.plugins.inspect('email')).package, never);
    await pyra.plugins.enable('email', { signal: never });
  });

  afterEach(async () => {
    await pyra.close();
    removeFolder(root);
  });

  const setUp = async (changes: Readonly<Record<string, string>> = {}): Promise<void> => {
    const answers: Readonly<Record<string, string | Secret>> = {
      address: server.user,
      user: server.user,
      auth: 'password',
      password: new Secret(server.password),
      imap_host: server.host,
      imap_port: String(server.tlsPort),
      imap_tls: 'tls',
      smtp_host: server.host,
      smtp_port: '465',
      smtp_tls: 'tls',
      ca: server.ca,
      ...changes,
    };
    const setup = await pyra.plugins.setup('email');
    for (let step = setup.next(); step !== undefined; step = setup.next()) {
      const { key } = step.question;
      expect(await setup.answer(key, answers[key] ?? ''), key).to.equal(undefined);
    }
    await setup.save();
  };

  let calls = 0;
  const call = (tool: string, args: JsonObject = {}): Promise<ToolMessage> => {
    calls += 1;
    return pyra.gate.run(
      { id: `call-${calls}` as CallId, tool: tool as ToolName, args },
      {
        conversation: newConversationId(pyra.system),
        origin: { kind: 'script' },
        approver: new UnavailableApprover(),
        signal: never,
        messages: [],
        refused: new Set(),
        report: () => undefined,
      },
    );
  };

  it('finds and reads mail, says who wrote it, and writes the password nowhere', async () => {
    await setUp();
    const found = (await call('email.search', { limit: 50 })).result;
    expect(found.outcome, found.text).to.equal('ok');
    const { messages } = found.data as unknown as { readonly messages: readonly { readonly id: string; readonly subject: string }[] };
    expect(messages.length).to.be.greaterThan(10);
    const { result, provenance } = await call('email.read', { id: messages[0]?.id ?? '' });
    expect(result.outcome, result.text).to.equal('ok');
    expect(provenance.kind === 'external' && provenance.source).to.match(/^email\.read: .*@/);
    await pyra.close();
    const log = join(root, 'home/logs/plugin_errors.log');
    expect(existsSync(log) ? readFileSync(log, 'utf8') : '').not.to.contain(server.password);
    expect(readFileSync(join(root, 'home/logs/tool_executions.log'), 'utf8')).not.to.contain(server.password);
  });

  it('says what is wrong with a certificate that nobody vouches for', async () => {
    await setUp({ ca: '' });
    const { result } = await call('email.folders');
    expect(result.outcome).to.equal('failed');
    expect(result.text).to.match(/certificate/);
  });

  it('is refused every server but those of the answers', async () => {
    await setUp({ imap_port: String(server.tlsPort === 1 ? 2 : 1) });
    const { result } = await call('email.folders');
    expect(result.outcome).to.equal('failed');
    expect(result.text).to.match(/refuses connections/);
    await setUp({ ca: server.ca });
    expect((await call('email.folders')).result.outcome).to.equal('ok');
  });

  it('tries the answers, and says which half of them does not work', async () => {
    await setUp({ smtp_port: '1' });
    const said: string[] = [];
    const thrown = await pyra.plugins
      .check('email', MAIN_ACCOUNT, { signal: never, progress: (text) => said.push(text) })
      .catch((error: unknown) => error);
    expect((thrown as Error).message).to.match(/receiving .* works\n?.*sending .* does not work/s);
    expect(said).not.to.be.empty;
  });
});

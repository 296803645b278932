import { expect } from 'chai';
import type { SecretName } from '../../../../src/core/domain/identifiers.js';
import type { Settings } from '../../../../src/core/domain/settings.js';
import { DEFAULT_SETTINGS } from '../../../../src/core/domain/settings.js';
import type { Check } from '../../../../src/frontends/terminal/doctor-checks.js';
import { checkServers } from '../../../../src/frontends/terminal/doctor-mcp.js';
import { mcpProgram, mcpShelfHarness, mcpTool } from '../../../support/mcp-shelf-harness.js';

describe('pyra doctor, MCP servers', () => {
  const setting = () => {
    const harness = mcpShelfHarness();
    const checks = async (): Promise<readonly Check[]> => checkServers({ mcp: harness.shelf }, await harness.settings.load());
    return { ...harness, checks };
  };
  const worst = (checks: readonly Check[]): readonly string[] =>
    checks.filter(({ status }) => status === 'problem').map(({ message }) => message);

  it('says nothing and loads nothing where none is configured', async () => {
    const { checks, asked } = setting();
    expect(await checks()).to.deep.equal([]);
    expect(asked).to.deep.equal({ records: 0, host: 0 });
    const nobody = { list: () => Promise.reject(new Error('asked')), tier: () => Promise.reject(new Error('asked')) } as never;
    expect(await checkServers({ mcp: nobody }, DEFAULT_SETTINGS)).to.deep.equal([]);
  });

  it('counts servers and tools that are as they should be, and starts none', async () => {
    const { add, checks } = setting();
    const server = await add('files', [mcpTool('read_file'), mcpTool('write_file')]);
    const found = await checks();
    expect(found[0]).to.deep.equal({ check: 'mcp', status: 'ok', message: '1 server, 2 tools' });
    expect(found[1]).to.include({ check: 'mcp', status: 'ok' });
    expect(found[1]?.message).to.include('run in bwrap');
    expect(server.started).to.equal(0);
  });

  it('names those that changed, are blocked, were never looked at or lack a secret, with what to do', async () => {
    const { add, shelf, signal, records, openVault, checks } = setting();
    await openVault();
    const changed = await add('files', [mcpTool('read_file')]);
    changed.change([mcpTool('read_file', { description: 'Something else.' })]);
    await shelf.look('files', signal);
    await add('crashing', [mcpTool('one')]);
    await records.update('crashing' as never, (now) => ({
      ...now,
      blocked: { reason: 'it crashed 3 times within a minute', at: '' as never },
    }));
    await shelf.add(mcpProgram('unseen'));
    await add('needy', [mcpTool('one')], mcpProgram('needy', { env: { KEY: { text: '', secret: 'web' as SecretName } } }));
    const found = await checks();
    expect(worst(found).map((message) => message.split(':')[0])).to.have.members(['files', 'crashing']);
    expect(worst(found).join('\n')).to.include('it crashed 3 times within a minute').and.to.include('pyra mcp set files');
    const notes = found.filter(({ status }) => status === 'note').map(({ message }) => message);
    expect(notes.join('\n'))
      .to.include('unseen: nobody has looked')
      .and.to.include('needy: the secret web is not in the vault (pyra vault set web)');
  });

  it('names the programs that nothing keeps in, and no address', async () => {
    const { add, host, checks } = setting();
    host.answerTier = async () => ({ tier: 'plain', reason: 'bwrap is not there', networkEnforced: false });
    await add('files', [mcpTool('one')]);
    await add('board', [mcpTool('one')], {
      ...mcpProgram('board'),
      reach: { kind: 'address', url: 'https://mcp.example.org/', headers: {} },
    });
    const found = (await checks()).filter(({ status }) => status === 'note');
    expect(found).to.have.length(1);
    expect(found[0]?.message).to.match(/^files: it is NOT kept in \(bwrap is not there\)/);
  });

  it('asks for no sandbox where there are addresses only', async () => {
    const { add, host, checks } = setting();
    await add('board', [mcpTool('one')], {
      ...mcpProgram('board'),
      reach: { kind: 'address', url: 'https://mcp.example.org/', headers: {} },
    });
    host.tiersAsked = 0;
    expect(await checks()).to.have.length(1);
    expect(host.tiersAsked).to.equal(0);
  });

  it('names a server whose settings cannot be used', async () => {
    const { settings, checks } = setting();
    const broken = { files: { command: 'relative' } };
    await settings.update((now): Settings => ({ ...now, mcp: { servers: broken } }));
    const found = await checks();
    expect(found[0]).to.include({ check: 'mcp', status: 'problem', fix: 'pyra config edit' });
    expect(found[0]?.message).to.include('files');
  });
});

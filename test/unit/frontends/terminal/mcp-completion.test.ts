import { expect } from 'chai';
import type { Command } from '../../../../src/frontends/terminal/command.js';
import { commands } from '../../../../src/frontends/terminal/mcp-command.js';
import { commandContext } from '../../../support/command-context.js';
import { mcpShelfHarness, mcpTool } from '../../../support/mcp-shelf-harness.js';

describe('the completion of pyra mcp', () => {
  const setting = async () => {
    const harness = mcpShelfHarness();
    const server = await harness.add('files', [mcpTool('read_file'), mcpTool('write_file')]);
    const context = commandContext({ foundation: () => ({ settings: harness.settings, mcp: harness.shelf }) });
    const command = (verb: string): Command => commands.find((candidate) => candidate.verb === verb) as Command;
    return { ...harness, server, context, command };
  };

  it('knows the names of servers, without looking at records or at a host', async () => {
    const { context, command, asked } = await setting();
    for (const verb of ['list', 'set', 'remove']) expect(await command(verb).complete?.(context), verb).to.deep.equal(['files']);
    expect(command('add').complete).to.equal(undefined);
    expect(asked).to.deep.equal({ records: 0, host: 0 });
  });

  it('knows the tools of a server and what can be said of them, and starts nothing', async () => {
    const { context, command, server } = await setting();
    const words = await command('set').completeMore?.(context, ['files']);
    expect(words)
      .to.include.members(['read_file=read', 'read_file=egress', 'write_file=destructive', 'approval=none', 'start=startup'])
      .and.to.have.length(11);
    expect(await command('set').completeMore?.(context, ['other'])).to.deep.equal([]);
    expect(server.started).to.equal(0);
  });
});

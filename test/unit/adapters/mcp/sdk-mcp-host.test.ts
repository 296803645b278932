import { expect } from 'chai';
import { InMemorySystem } from '../../../../src/adapters/in-memory/in-memory-system.js';
import { SdkMcpHost } from '../../../../src/adapters/mcp/sdk-mcp-host.js';
import { isPyraError, PyraError } from '../../../../src/core/domain/errors.js';
import { MemoryMcpDesk } from '../../../support/mcp/memory-mcp-desk.js';
import { mcpServer } from '../../../support/mcp/opened-server.js';
import { scriptedProgram } from '../../../support/mcp/scripted-server.js';

const never = new AbortController().signal;

describe('SdkMcpHost', () => {
  let loaded: number;
  let launched: number;

  const host = (): SdkMcpHost =>
    new SdkMcpHost({
      launcher: {
        launch: async () => {
          launched += 1;
          throw new PyraError('mcp/unreachable', 'the MCP server scripted was not started: there is no such program', { hint: 'look' });
        },
        tier: async () => ({ tier: 'bwrap', reason: 'it works', networkEnforced: true }),
      },
      address: () => {
        throw new Error('no address is used here');
      },
      session: async () => {
        loaded += 1;
        return () => {
          throw new Error('nothing is connected here');
        };
      },
      system: new InMemorySystem(),
      redact: (text) => text,
      log: { write: () => undefined, flush: async () => undefined },
    });

  beforeEach(() => {
    loaded = 0;
    launched = 0;
  });

  it('loads no SDK and starts nothing to open a server, to say how it is kept in, or to close it', async () => {
    const port = host();
    const open = port.open(mcpServer(scriptedProgram({})), new MemoryMcpDesk());
    expect(await port.tier()).to.deep.equal({ tier: 'bwrap', reason: 'it works', networkEnforced: true });
    await open.close();
    expect([loaded, launched]).to.deep.equal([0, 0]);
  });

  it('passes on why a program cannot be started, at once and each time, and does not take that for a crash', async () => {
    const desk = new MemoryMcpDesk();
    const open = host().open(mcpServer(scriptedProgram({})), desk);
    for (let time = 0; time < 5; time += 1) {
      const error = await open.listing(never).catch((thrown: unknown) => thrown);
      expect(isPyraError(error, 'mcp/unreachable') && [error.message, error.hint]).to.deep.equal([
        'the MCP server scripted was not started: there is no such program',
        'look',
      ]);
    }
    expect(launched).to.equal(5);
    expect(desk.blocks).to.deep.equal([]);
    await open.close();
  });
});

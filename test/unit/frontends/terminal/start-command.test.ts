import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Command } from '../../../../src/frontends/terminal/command.js';
import { commands } from '../../../../src/frontends/terminal/start-command.js';
import { commandContext, runCommand } from '../../../support/command-context.js';

describe('pyra start', () => {
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'pyra-start-'));
  });
  afterEach(() => {
    rmSync(home, { recursive: true, force: true });
  });
  const start = commands[0] as Command;
  const configure = (): void => writeFileSync(join(home, 'config.yaml'), '');

  it('chats where something is configured', async () => {
    configure();
    const context = commandContext({ home });
    expect(await runCommand(start, context, [])).to.equal(0);
    expect(context.ran).to.deep.equal([['chat']]);
  });

  it('shows the demo where nothing is configured and nobody can be asked', async () => {
    const context = commandContext({ home });
    expect(await runCommand(start, context, [])).to.equal(0);
    expect(context.ran).to.deep.equal([['demo']]);
  });

  it('sets up on a terminal, and chats when that configured something', async () => {
    const ran: string[] = [];
    const context = { ...commandContext({ home }), interactive: true };
    const answer = await start.run(
      {
        ...context,
        runCommand: async ([name = '']) => {
          ran.push(name);
          if (name === 'setup') configure();
          return name === 'chat' ? 7 : 0;
        },
      },
      { words: [], rest: [], has: () => false, value: () => undefined, values: () => [] },
    );
    expect(ran).to.deep.equal(['setup', 'chat']);
    expect(answer).to.equal(7);
  });

  it('does not chat after a setup that was left', async () => {
    const context = { ...commandContext({ home }), interactive: true };
    expect(await runCommand(start, context, [])).to.equal(0);
    expect(context.ran).to.deep.equal([['setup']]);
  });
});

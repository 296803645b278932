import { appendFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Command } from '../../../../src/frontends/terminal/command.js';
import { commands } from '../../../../src/frontends/terminal/usage-command.js';
import { recordUsage } from '../../../../src/frontends/terminal/usage-record.js';
import { commandContext, runCommand } from '../../../support/command-context.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const usage = commands[0] as Command;
const DAY = 86_400_000;
const ago = (days: number): string => new Date(Date.now() - days * DAY).toISOString();

describe('pyra usage', () => {
  let home = '';
  beforeEach(() => {
    home = temporaryFolder();
    mkdirSync(join(home, 'state'));
  });
  afterEach(() => removeFolder(home));

  const turn = (model: string, days = 0, estimated?: true) =>
    recordUsage(home, {
      by: 'chat',
      model: { provider: 'openai', model },
      usage: { inputTokens: 1_000_000, outputTokens: 100_000, ...(estimated ? { estimated } : {}) },
      at: ago(days),
    });
  const totals = async (...line: string[]) => {
    const context = commandContext({ home, globals: { json: true } });
    expect(await runCommand(usage, context, line)).to.equal(0);
    return JSON.parse(context.out());
  };

  it('sums turns by model, with cost where the price is known', async () => {
    turn('gpt-5.5');
    turn('gpt-5.5', 1);
    turn('unheard-of', 2, true);
    const answer = await totals();
    expect(answer.v).to.equal(1);
    expect(answer.total).to.deep.equal({ turns: 3, input: 3_000_000, output: 300_000, cost: 16, unpriced: 1, estimated: 1 });
    expect(answer.models.map(({ model, cost }: { model: string; cost: number }) => [model, cost])).to.deep.equal([
      ['openai/gpt-5.5', 16],
      ['openai/unheard-of', 0],
    ]);
  });

  it('counts the last days only', async () => {
    turn('gpt-5.5', 3);
    turn('gpt-5.5', 40);
    expect((await totals()).total.turns).to.equal(1);
    expect((await totals('--days', '2')).total.turns).to.equal(0);
    expect((await totals('--days', '50')).total.turns).to.equal(2);
  });

  it('shows a table, and says what it does not know', async () => {
    turn('gpt-5.5');
    turn('unheard-of', 0, true);
    const context = commandContext({ home });
    await runCommand(usage, context, []);
    expect(context.out()).to.match(/openai\/gpt-5\.5 +1 +1,000,000 +100,000 +\$8\.00/);
    expect(context.out()).to.match(/openai\/unheard-of +1 .*\?/);
    expect(context.out()).to.match(/^all +2 .*≥ \$8\.00$/m);
    expect(context.err()).to.include('1 turns are estimates');
  });

  it('writes numbers only, for the person alone to read, and leaves out lines that were torn', async () => {
    turn('gpt-5.5');
    const path = join(home, 'state', 'usage.jsonl');
    expect(Object.keys(JSON.parse(readFileSync(path, 'utf8')))).to.deep.equal(['at', 'by', 'provider', 'model', 'input', 'output', 'cost']);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    appendFileSync(path, '{"at":"2026');
    expect((await totals()).total.turns).to.equal(1);
  });

  it('has nothing to say of a home without turns, and does not fail where it cannot write', async () => {
    recordUsage(join(home, 'nowhere'), {
      by: 'ask',
      model: { provider: 'a', model: 'b' },
      usage: { inputTokens: 1, outputTokens: 1 },
      at: ago(0),
    });
    const context = commandContext({ home });
    expect(await runCommand(usage, context, [])).to.equal(0);
    expect(context.out()).to.equal('');
    expect(context.err()).to.include('nothing was used');
  });
});

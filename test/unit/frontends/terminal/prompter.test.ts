import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import prompts from 'prompts';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import { createPrompter } from '../../../../src/frontends/terminal/prompter.js';

function prompter(interactive: boolean) {
  return createPrompter({ stdin: new PassThrough(), stderr: new PassThrough(), interactive });
}

describe('questions on the terminal', () => {
  it('are usage errors that name the flag where nobody can be asked', async () => {
    const { text, secret, confirm, select } = prompter(false);
    const question = { message: 'Which model?', flag: '--model NAME' };
    for (const ask of [() => text(question), () => secret(question), () => confirm(question), () => select({ ...question, choices: [] })]) {
      const error = await ask().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(isPyraError(error, 'usage')).to.equal(true);
      expect((error as { hint: string }).hint).to.equal('answer it with --model NAME');
    }
  });

  it('give the answers', async () => {
    const question = { message: 'x', flag: '--x' };
    prompts.inject(['a', 'CANARY', true, 'two']);
    const ask = prompter(true);
    expect(await ask.text(question)).to.equal('a');
    const secret = await ask.secret(question);
    expect(String(secret)).not.to.include('CANARY');
    expect(secret.reveal()).to.equal('CANARY');
    expect(await ask.confirm(question)).to.equal(true);
    expect(
      await ask.select({
        ...question,
        choices: [
          { value: 'one', title: '1' },
          { value: 'two', title: '2' },
        ],
      }),
    ).to.equal('two');
  });

  it('are not answered by what was typed before, where that is wanted', async () => {
    // What was injected before goes on with defaults.
    Object.assign(prompts, { _injected: null });
    const question = { message: 'x', flag: '--x' };
    const answer = async (fresh: boolean, typed: string): Promise<unknown> => {
      const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
      const asked = createPrompter({ stdin, stderr: new PassThrough().resume() as PassThrough, interactive: true }).confirm({
        ...question,
        fresh,
      });
      stdin.write(typed);
      setTimeout(() => stdin.write('n\r'), 200);
      return asked.catch((error: Error) => error.name);
    };
    expect(await answer(false, 'y\r')).to.equal(true);
    expect(await answer(true, 'y\r')).to.equal(false);
    expect(await answer(true, '\u0003')).to.equal('AbortError');
  });

  it('throw an AbortError at Ctrl-C', async () => {
    prompts.inject([new Error('cancelled')]);
    const error = await prompter(true)
      .text({ message: 'x', flag: '--x' })
      .catch((reason: unknown) => reason);
    expect((error as Error).name).to.equal('AbortError');
  });
});

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

  it('throw an AbortError at Ctrl-C', async () => {
    prompts.inject([new Error('cancelled')]);
    const error = await prompter(true)
      .text({ message: 'x', flag: '--x' })
      .catch((reason: unknown) => reason);
    expect((error as Error).name).to.equal('AbortError');
  });
});

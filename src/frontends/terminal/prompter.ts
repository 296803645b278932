import prompts from 'prompts';
import { PyraError } from '../../core/domain/errors.js';
import { Secret } from '../../core/domain/secret.js';
import type { InputStream, OutputStream } from './command.js';

/** One answer that the person can choose. */
export interface Choice<T extends string> {
  readonly value: T;
  readonly title: string;
  readonly description?: string;
}

/** A question; `flag` says how to answer it without a terminal, such as `--provider NAME`. */
export interface Question {
  readonly message: string;
  readonly flag: string;
}

/** Asks the person on the terminal. Never used for approvals: what was typed before a prompt answers it. Ctrl-C throws an AbortError. */
export interface Prompter {
  text(question: Question & { readonly initial?: string; check?(answer: string): string | undefined }): Promise<string>;
  /** Input that is not shown. */
  secret(question: Question): Promise<Secret>;
  /** `fresh`: nothing that was typed before answers it, for what is asked after somebody else decided when. */
  confirm(question: Question & { readonly initial?: boolean; readonly fresh?: boolean }): Promise<boolean>;
  select<T extends string>(question: Question & { readonly choices: readonly Choice<T>[]; readonly initial?: T }): Promise<T>;
}

/** Where the questions appear: on stderr, so that stdout stays clean. */
export interface PrompterStreams {
  readonly stdin: InputStream;
  readonly stderr: OutputStream;
  readonly interactive: boolean;
  /** Runs a question while whoever else reads the terminal stands back. */
  lend?<T>(use: () => Promise<T>): Promise<T>;
}

/** How long what was typed before may take to come in. */
const TYPED_MS = 50;
const CTRL_C = 3;

/** A prompter on these streams. */
export function createPrompter(streams: PrompterStreams): Prompter {
  const ask = async <T>(
    question: Question & { readonly fresh?: boolean },
    options: Omit<prompts.PromptObject<'answer'>, 'name' | 'message'>,
  ): Promise<T> => {
    if (!streams.interactive) {
      throw new PyraError('usage', `this needs an answer, and there is no terminal to ask on: ${question.message}`, {
        hint: `answer it with ${question.flag}`,
      });
    }
    const lend = streams.lend ?? (<R>(use: () => Promise<R>): Promise<R> => use());
    const cancel = (): never => {
      throw new DOMException('the question was cancelled', 'AbortError');
    };
    const answers = await lend(async () => {
      if (question.fresh === true && (await typedBefore(streams.stdin)).includes(CTRL_C)) cancel();
      return prompts(
        { ...options, name: 'answer', message: question.message, stdin: streams.stdin as never, stdout: streams.stderr as never },
        { onCancel: cancel },
      );
    });
    return answers.answer as T;
  };
  return {
    text: ({ initial, check, ...question }) =>
      ask<string>(question, {
        type: 'text',
        ...(initial === undefined ? {} : { initial }),
        validate: (answer: string) => check?.(answer) ?? true,
      }),
    secret: async (question) => new Secret(await ask<string>(question, { type: 'invisible' })),
    confirm: ({ initial, ...question }) => ask<boolean>(question, { type: 'confirm', initial: initial ?? false }),
    select: ({ choices, initial, ...question }) =>
      ask(question, {
        type: 'select',
        choices: choices.map((choice) => ({ ...choice })),
        initial: Math.max(
          0,
          choices.findIndex((choice) => choice.value === initial),
        ),
      }),
  };
}

/** Takes what was typed until now, so that it answers nothing. */
async function typedBefore(stdin: InputStream): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const take = (piece: Uint8Array | string): void => void pieces.push(Buffer.from(piece as Uint8Array));
  // As lines, it would come in only with their ends.
  stdin.setRawMode?.(true);
  stdin.on('data', take);
  stdin.resume();
  await new Promise((resolve) => setTimeout(resolve, TYPED_MS));
  stdin.off('data', take);
  stdin.pause();
  stdin.setRawMode?.(false);
  return Buffer.concat(pieces);
}

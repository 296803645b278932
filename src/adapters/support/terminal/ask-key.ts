import { ArmedKeys } from './armed-keys.js';
import type { TerminalConsole } from './terminal-console.js';

const SILENCE = 700;

/** Asks a question that one of some keys answers; Enter, Escape, Ctrl-C, an abort and a closed input answer `undefined`. Nothing typed before it counts. */
export async function askKey(
  console: TerminalConsole,
  question: string,
  keys: readonly string[],
  options: { readonly signal?: AbortSignal; readonly silenceMs?: number } = {},
): Promise<string | undefined> {
  const release = console.hold();
  const armed = new ArmedKeys(console, options.silenceMs ?? SILENCE);
  const abort = (): void => armed.end('aborted');
  options.signal?.addEventListener('abort', abort, { once: true });
  if (options.signal?.aborted === true) abort();
  console.write(`${question} `);
  try {
    for (;;) {
      const input = await armed.next();
      if (input.kind !== 'key' || input.name === 'enter' || input.name === 'escape') return undefined;
      if (keys.includes(input.name)) return input.name;
    }
  } finally {
    console.write('\n');
    options.signal?.removeEventListener('abort', abort);
    armed.close();
    release();
  }
}

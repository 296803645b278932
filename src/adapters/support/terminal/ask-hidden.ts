import type { Key } from './key.js';
import type { TerminalConsole } from './terminal-console.js';

/**
 * Reads one line that is not shown, such as a passphrase. Backspace and Ctrl-U correct it; a paste counts up to its first line break.
 * @returns the line; `undefined` when the input is closed
 * @throws AbortError at Ctrl-C, Ctrl-D on an empty line, and Escape
 */
export async function askHidden(console: TerminalConsole, question: string): Promise<string | undefined> {
  const release = console.hold();
  console.write(`${question}: `);
  let line = '';
  try {
    return await new Promise<string | undefined>((resolve, reject) => {
      const stop = console.read({ key, ended: () => done(() => resolve(undefined)) });
      function done(settle: () => void): void {
        stop();
        settle();
      }
      function key(pressed: Key): void {
        if (pressed.kind === 'text') line += pressed.text;
        else if (pressed.kind === 'paste') line += pressed.text.split('\n', 1)[0] ?? '';
        else if (pressed.name === 'enter') done(() => resolve(line));
        else if (pressed.name === 'backspace') line = [...line].slice(0, -1).join('');
        else if (pressed.name === 'ctrl-u') line = '';
        else if (pressed.name === 'ctrl-c' || pressed.name === 'escape' || (pressed.name === 'ctrl-d' && line === '')) {
          done(() => reject(new DOMException('the question was cancelled', 'AbortError')));
        }
      }
    });
  } finally {
    console.write('\n');
    release();
  }
}

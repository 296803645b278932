import { mappedStack } from '../../adapters/support/mapped-stack.js';
import type { Paint } from '../../adapters/support/terminal/paint.js';
import { isPyraError } from '../../core/domain/errors.js';
import { jsonLine } from './json-line.js';

/** How an error is shown. */
export interface ErrorStyle {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly paint: Paint;
}

// The stream is a terminal often, and a message may quote what a model or a server said.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const visible = (text: string): string => text.replace(CONTROL, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

/** The text for stderr: message and hint of a PyraError; the stack only of a fault of Pyra itself. */
export function reportError(error: unknown, style: ErrorStyle): string {
  if (isPyraError(error)) {
    if (style.json) {
      const details = { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
      return jsonLine({ v: 1, error: details });
    }
    const hint = error.hint === undefined ? '' : `${style.paint.dim('hint:')} ${visible(error.hint)}\n`;
    return `${style.paint.red('pyra:')} ${visible(error.message)}\n${hint}`;
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? mappedStack(error.stack ?? message) : message;
  if (style.json) return jsonLine({ v: 1, error: { code: 'bug', message, stack } });
  return `${style.paint.red('pyra: this is a fault in Pyra:')} ${visible(stack)}\n`;
}

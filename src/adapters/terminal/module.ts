import type { Approver } from '../../ports/approver.js';
import type { Paint } from '../support/terminal/paint.js';
import { TerminalConsole } from '../support/terminal/terminal-console.js';
import { terminalStreams } from '../support/terminal/terminal-streams.js';
import { TerminalApprover } from './terminal-approver.js';

/**
 * The terminal of this process: its console, opened at the first use, and the approver that asks there.
 * @param options.askable false where nobody may be asked: there is no console then and every request is denied as `unavailable`
 */
export function openTerminal(options: {
  readonly askable: boolean;
  readonly paint: Paint;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): { console(): TerminalConsole | undefined; readonly approver: Approver } {
  let opened: { readonly console: TerminalConsole | undefined } | undefined;
  const console = (): TerminalConsole | undefined => {
    if (opened === undefined) {
      const streams = options.askable ? terminalStreams() : undefined;
      opened = { console: streams === undefined ? undefined : new TerminalConsole(streams) };
    }
    return opened.console;
  };
  return { console, approver: new TerminalApprover({ console, paint: options.paint, environment: options.environment }) };
}

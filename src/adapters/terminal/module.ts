import type { ApprovalRequest } from '../../core/domain/approval.js';
import type { Approver } from '../../ports/approver.js';
import type { Paint } from '../support/terminal/paint.js';
import { TerminalConsole } from '../support/terminal/terminal-console.js';
import { terminalStreams } from '../support/terminal/terminal-streams.js';
import { cardQuestion, cardRows } from './card-text.js';
import { TerminalApprover } from './terminal-approver.js';

/**
 * The terminal of this process: its console, opened at the first use, and the approver that asks there.
 * @param options.askable false where nobody may be asked: there is no console then and every request is denied as `unavailable`
 */
export function openTerminal(options: {
  readonly askable: boolean;
  readonly paint: Paint;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): { console(): TerminalConsole | undefined; readonly approver: Approver; card(request: ApprovalRequest, columns: number): string } {
  let opened: { readonly console: TerminalConsole | undefined } | undefined;
  const console = (): TerminalConsole | undefined => {
    if (opened === undefined) {
      const streams = options.askable ? terminalStreams() : undefined;
      opened = { console: streams === undefined ? undefined : new TerminalConsole(streams) };
    }
    return opened.console;
  };
  const { paint } = options;
  const card = (request: ApprovalRequest, columns: number): string =>
    [...cardRows(request, { paint, columns }), cardQuestion(request, paint)].join('\n');
  return { console, card, approver: new TerminalApprover({ console, paint: options.paint, environment: options.environment }) };
}

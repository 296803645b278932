import type { ApprovalDecision, ApprovalRequest } from '../../core/domain/approval.js';
import { isJsonObject, type JsonObject } from '../../core/domain/json.js';
import { visible } from '../../core/domain/untrusted.js';
import type { Approver } from '../../ports/approver.js';
import { ArmedKeys } from '../support/terminal/armed-keys.js';
import { editInEditor, editorCommand } from '../support/terminal/external-editor.js';
import { LineEditor } from '../support/terminal/line-editor.js';
import type { Paint } from '../support/terminal/paint.js';
import type { TerminalConsole } from '../support/terminal/terminal-console.js';
import { cardDetails, cardQuestion, cardRows, visibleLine } from './card-text.js';

/** What a terminal approver asks with. */
export interface TerminalApproverOptions {
  /** Where the person is asked; `undefined` when there is no terminal. Asked for at the first card. */
  readonly console: () => TerminalConsole | undefined;
  readonly paint: Paint;
  /** Whose `VISUAL` or `EDITOR` edits arguments. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How long a card waits for its answer; two minutes when absent. */
  readonly timeoutMs?: number;
  /** How long the person must have typed nothing before a key counts; 700 ms when absent. */
  readonly silenceMs?: number;
}

const TWO_MINUTES = 120_000;
const SILENCE = 700;

type Answer = ApprovalDecision | 'again';

/** Asks the person on the terminal with a card that shows the whole call. One card at a time; nothing typed before a card answers it. */
export class TerminalApprover implements Approver {
  readonly #options: TerminalApproverOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: TerminalApproverOptions) {
    this.#options = options;
  }

  decide(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalDecision> {
    const decision = this.#last
      .then(() => this.#ask(request, signal))
      .catch((): ApprovalDecision => ({ outcome: 'deny', by: 'unavailable' }));
    this.#last = decision;
    return decision;
  }

  async #ask(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalDecision> {
    const console = this.#options.console();
    if (console === undefined || console.closed) return { outcome: 'deny', by: 'unavailable' };
    if (signal.aborted) return { outcome: 'deny', by: 'abort' };
    // What was said before the card is on its way to the screen: it comes first.
    await new Promise((resolve) => setImmediate(resolve));
    const release = console.hold();
    try {
      return await new Card(request, console, this.#options, signal).run();
    } finally {
      release();
    }
  }
}

class Card {
  readonly #request: ApprovalRequest;
  readonly #console: TerminalConsole;
  readonly #options: TerminalApproverOptions;
  readonly #signal: AbortSignal;
  readonly #keys: ArmedKeys;
  #edited: string | undefined;

  constructor(request: ApprovalRequest, console: TerminalConsole, options: TerminalApproverOptions, signal: AbortSignal) {
    this.#request = request;
    this.#console = console;
    this.#options = options;
    this.#signal = signal;
    this.#keys = new ArmedKeys(console, options.silenceMs ?? SILENCE);
  }

  async run(): Promise<ApprovalDecision> {
    const abort = (): void => this.#keys.end('aborted');
    const timer = setTimeout(() => this.#keys.end('timeout'), this.#options.timeoutMs ?? TWO_MINUTES);
    this.#signal.addEventListener('abort', abort, { once: true });
    try {
      this.#console.write('\n');
      const early = await this.#page(cardRows(this.#request, this.#style));
      const decision = early ?? (await this.#question());
      this.#console.write(`${this.#options.paint.dim(`  ${said(decision)}`)}\n`);
      return decision;
    } finally {
      clearTimeout(timer);
      this.#signal.removeEventListener('abort', abort);
      this.#keys.close();
    }
  }

  get #style() {
    return { paint: this.#options.paint, columns: this.#console.columns };
  }

  /** Shows rows page by page, so that none scrolls away unread; gives a decision when the person had enough before the end. */
  async #page(rows: readonly string[]): Promise<ApprovalDecision | undefined> {
    const size = Math.max(4, this.#console.rows - 3);
    for (let at = 0; at < rows.length; at += size) {
      this.#console.write(`${rows.slice(at, at + size).join('\n')}\n`);
      const left = rows.length - at - size;
      if (left <= 0) break;
      this.#console.write(this.#options.paint.bold(`[space] ${left} more rows  [n] no `));
      const decision = await this.#more();
      this.#console.write('\n');
      if (decision !== undefined) return decision;
    }
    return undefined;
  }

  async #more(): Promise<ApprovalDecision | undefined> {
    for (;;) {
      const input = await this.#keys.next();
      if (input.kind !== 'key') return this.#over(input.kind);
      if (input.name === ' ' || input.name === 'page-down' || input.name === 'down') return undefined;
      if (isNo(input.name)) return { outcome: 'deny', by: 'person' };
    }
  }

  async #question(): Promise<ApprovalDecision> {
    for (;;) {
      this.#console.write(`${cardQuestion(this.#request, this.#options.paint)} `);
      const answer = await this.#answer();
      if (answer !== 'again') return answer;
    }
  }

  async #answer(): Promise<Answer> {
    for (;;) {
      const input = await this.#keys.next();
      if (input.kind !== 'key') return this.#end(this.#over(input.kind));
      if (isNo(input.name)) return this.#end({ outcome: 'deny', by: 'person' });
      if (input.name === 'y') return this.#end({ outcome: 'allow', scope: 'once', by: 'person' });
      if (input.name === 's' && this.#request.grantable) return this.#end({ outcome: 'allow', scope: 'conversation', by: 'person' });
      if (input.name === 'r') return this.#reason();
      if (input.name === 'e') return this.#edit();
      if (input.name === '?') {
        this.#console.write('\n');
        return (await this.#page(cardDetails(this.#request, this.#style))) ?? 'again';
      }
    }
  }

  #end(decision: ApprovalDecision): ApprovalDecision {
    this.#console.write('\n');
    return decision;
  }

  async #reason(): Promise<Answer> {
    this.#console.write('\n');
    const answer = await this.#line('no, because: ');
    if (answer === undefined) return 'again';
    const note = answer.trim();
    return note === '' ? { outcome: 'deny', by: 'person' } : { outcome: 'deny', by: 'person', note };
  }

  async #edit(): Promise<Answer> {
    this.#console.write('\n');
    const before = JSON.stringify(this.#request.call.args, null, 2);
    const command = editorCommand(this.#options.environment);
    const text = this.#edited ?? before;
    const edited =
      command === undefined
        ? await this.#line('arguments: ', text)
        : await this.#console.lend(() => editInEditor(command, `${text}\n`, 'arguments.json'));
    if (edited === undefined) return 'again';
    const args = parseArguments(edited);
    if (typeof args === 'string') {
      this.#edited = edited;
      this.#console.write(`${this.#options.paint.red(`not valid: ${visibleLine(args)}`)}\n`);
      return 'again';
    }
    this.#edited = undefined;
    if (JSON.stringify(args, null, 2) === before) {
      this.#console.write('nothing was changed\n');
      return 'again';
    }
    return { outcome: 'edit', args, by: 'person' };
  }

  /** One line from the person; `undefined` when they gave it up. What was typed ahead stays where it is. */
  async #line(prompt: string, initial = ''): Promise<string | undefined> {
    const kept = this.#console.typeAhead.take();
    const answer = await new LineEditor(this.#console, visible).read({ prompt, initial, signal: this.#signal });
    this.#console.typeAhead.add({ kind: 'text', text: kept });
    return answer.kind === 'line' ? answer.text : undefined;
  }

  #over(kind: 'interrupt' | 'ended' | 'timeout' | 'aborted'): ApprovalDecision {
    if (kind === 'interrupt') {
      // The turn is what the person wants to stop, not only this call.
      setImmediate(() => this.#console.interrupt());
      return { outcome: 'deny', by: 'abort' };
    }
    if (kind === 'ended') return { outcome: 'deny', by: 'unavailable' };
    return { outcome: 'deny', by: kind === 'timeout' ? 'timeout' : 'abort' };
  }
}

function isNo(name: string): boolean {
  return name === 'n' || name === 'enter' || name === 'escape';
}

/** The arguments, or what is wrong with the text. */
function parseArguments(text: string): JsonObject | string {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : 'the arguments must be one JSON object';
  } catch (error) {
    return error instanceof Error ? error.message : 'this is no JSON';
  }
}

function said(decision: ApprovalDecision): string {
  if (decision.outcome === 'allow') return decision.scope === 'once' ? 'allowed once' : 'allowed for this conversation';
  if (decision.outcome === 'edit') return 'edited: it is checked and asked anew';
  if (decision.by === 'timeout') return 'not allowed: nobody answered in time';
  if (decision.by === 'abort') return 'stopped';
  if (decision.by === 'unavailable') return 'not allowed: there is nobody to ask';
  return 'not allowed';
}

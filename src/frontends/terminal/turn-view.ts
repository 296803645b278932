import type { Paint } from '../../adapters/support/terminal/paint.js';
import type { Finding } from '../../core/domain/finding.js';
import type { JsonValue } from '../../core/domain/json.js';
import type { TokenUsage } from '../../core/domain/model.js';
import type { ToolCall, ToolResult } from '../../core/domain/tool.js';
import type { TurnEvent } from '../../core/domain/turn.js';
import { visible } from '../../core/domain/untrusted.js';
import type { TurnText } from './turn-text.js';

/** Where a turn is shown. */
export interface TurnViewOptions {
  /** Takes everything but the answer. */
  readonly err: (text: string) => void;
  readonly errPaint: Paint;
  readonly spinner: { start(text: string): void; stop(): void };
}

/** Shows the events of one turn, append-only: answer and reasoning as the given text writes them, tools and notices as single lines. */
export class TurnView {
  readonly #options: TurnViewOptions;
  readonly #text: TurnText;
  #section: 'none' | 'reasoning' | 'answer' = 'none';
  #findings: readonly Finding[] = [];
  #calls = new Map<string, ToolCall>();

  constructor(options: TurnViewOptions, text: TurnText) {
    this.#options = options;
    this.#text = text;
  }

  /** Something is awaited. */
  wait(): void {
    if (this.#section === 'none') this.#options.spinner.start('thinking');
  }

  show(event: TurnEvent): void {
    this.#options.spinner.stop();
    switch (event.type) {
      case 'text-delta':
        this.#enter('answer');
        this.#text.answer.push(event.text);
        return;
      case 'reasoning-delta':
        this.#enter('reasoning');
        this.#text.reasoning.push(event.text);
        return;
      case 'tool-call':
        this.#calls.set(event.call.id, event.call);
        this.#line(`→ ${callLine(event.call)}`);
        break;
      case 'tool-request':
        this.pause();
        return;
      case 'tool-decision':
        if (event.decision.by !== 'person')
          this.#line(`  ${event.decision.outcome === 'allow' ? 'allowed' : 'denied'}: ${event.decision.by}`);
        break;
      case 'tool-progress':
        this.#options.spinner.start(oneLine(event.text));
        return;
      case 'tool-result':
        this.#result(event.result, event.findings);
        break;
      case 'input-findings':
        for (const finding of event.findings) this.#warn(`${oneLine(event.source)}: ${oneLine(finding.message)}`);
        break;
      case 'answer-findings':
        this.#findings = [...this.#findings, ...event.findings];
        return;
      case 'notice':
        this.#line(`· ${visible(event.text)}`);
        break;
      default:
        break;
    }
    if (event.type !== 'turn-end') this.wait();
  }

  /** Ends what is being written, so that something else can be written: a card. */
  pause(): void {
    this.#options.spinner.stop();
    if (this.#section !== 'none') this.#text[this.#section].end();
    this.#section = 'none';
  }

  /** The end of the turn: the warning panel, and the footer where the time is given. */
  end(result: {
    readonly usage?: TokenUsage;
    readonly cost?: number;
    readonly milliseconds?: number;
    readonly interrupted: boolean;
  }): void {
    this.pause();
    const { err, errPaint } = this.#options;
    if (result.interrupted) err(`${errPaint.yellow('interrupted')}\n`);
    if (this.#findings.length > 0) {
      err(`${errPaint.red('┃ be careful with this answer:')}\n`);
      for (const finding of this.#findings) err(`${errPaint.red(`┃ ${oneLine(finding.message)} (${oneLine(finding.label)})`)}\n`);
    }
    if (result.milliseconds !== undefined) err(`${errPaint.dim(footer(result.usage, result.cost, result.milliseconds))}\n\n`);
    this.#findings = [];
  }

  /** The text as it is, but for what a terminal would obey. */
  #enter(section: 'reasoning' | 'answer'): void {
    if (this.#section === section) return;
    this.pause();
    this.#section = section;
  }

  #line(text: string): void {
    this.pause();
    this.#options.err(`${this.#options.errPaint.dim(text.replaceAll('\n', ' '))}\n`);
  }

  #result(result: ToolResult, findings: readonly Finding[]): void {
    const first = visible(result.text.trimStart().split('\n', 1)[0] ?? '').slice(0, 100);
    const size = `${result.text.length.toLocaleString('en')} characters`;
    const failure = first.startsWith(result.outcome) ? first : `${result.outcome}: ${first}`;
    this.#line(result.outcome === 'ok' ? `  ✓ ${size}` : `  ✗ ${failure}`);
    for (const finding of findings) this.#warn(oneLine(finding.message));
  }

  #warn(text: string): void {
    this.pause();
    this.#options.err(`${this.#options.errPaint.yellow(`  ! ${text}`)}\n`);
  }
}

/** Tokens, cost in US dollars where it is known, and seconds of a turn in one line. */
export function footer(usage: TokenUsage | undefined, cost: number | undefined, milliseconds: number): string {
  const seconds = `${(milliseconds / 1_000).toFixed(1)} s`;
  if (usage === undefined) return seconds;
  const about = usage.estimated === true ? '~' : '';
  return `${about}${usage.inputTokens.toLocaleString('en')} in · ${about}${usage.outputTokens.toLocaleString('en')} out${cost === undefined || cost === 0 ? '' : ` · $${cost.toFixed(cost < 0.1 ? 4 : 2)}`} · ${seconds}`;
}

function callLine(call: ToolCall): string {
  const args = Object.entries(call.args).map(([name, value]) => `${oneLine(name)}: ${short(value)}`);
  return `${oneLine(call.tool)} ${args.join(', ')}`.trimEnd().slice(0, 200);
}

function short(value: JsonValue): string {
  const text = oneLine(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function oneLine(text: string): string {
  return visible(text).replace(/\s+/g, ' ');
}

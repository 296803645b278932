import type { Paint } from '../../adapters/support/terminal/paint.js';
import type { Finding } from '../../core/domain/finding.js';
import type { JsonValue } from '../../core/domain/json.js';
import type { TokenUsage } from '../../core/domain/model.js';
import type { ToolCall, ToolResult } from '../../core/domain/tool.js';
import type { TurnEvent } from '../../core/domain/turn.js';
import { visible } from '../../core/domain/untrusted.js';
import { MarkdownStream } from './markdown-stream.js';
import { TextCleaner } from './text-cleaner.js';
import { WordWrap } from './word-wrap.js';

/** Where a turn is shown. */
export interface TurnViewOptions {
  /** Takes the answer. */
  readonly out: (text: string) => void;
  /** Takes everything else. */
  readonly err: (text: string) => void;
  readonly columns: () => number;
  readonly outPaint: Paint;
  readonly errPaint: Paint;
  readonly spinner: { start(text: string): void; stop(): void };
  readonly suspicious: (markup: string) => boolean;
  /** The answer goes out as it came, for a reader that is no terminal. */
  readonly raw?: true;
}

/** Shows the events of one turn, append-only: reasoning dim, the answer as Markdown, tools and notices as single lines. */
export class TurnView {
  readonly #options: TurnViewOptions;
  readonly #markdown: MarkdownStream;
  readonly #reasoning: WordWrap;
  #cleaner = new TextCleaner();
  readonly #answerCleaner = new TextCleaner();
  #lineOpen = false;
  #section: 'none' | 'reasoning' | 'answer' = 'none';
  #findings: readonly Finding[] = [];
  #calls = new Map<string, ToolCall>();

  constructor(options: TurnViewOptions) {
    this.#options = options;
    this.#markdown = new MarkdownStream({
      write: options.out,
      columns: options.columns,
      paint: options.outPaint,
      suspicious: options.suspicious,
    });
    this.#reasoning = new WordWrap(options.err, options.columns);
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
        if (this.#options.raw === true) this.#raw(event.text);
        else this.#markdown.push(event.text);
        return;
      case 'reasoning-delta':
        this.#reason(event.text);
        return;
      case 'tool-call':
        this.#calls.set(event.call.id, event.call);
        this.#line(`⏺ ${callLine(event.call)}`);
        break;
      case 'tool-request':
        this.pause();
        return;
      case 'tool-decision':
        if (event.decision.by !== 'person')
          this.#line(`  ${event.decision.outcome === 'allow' ? 'allowed' : 'denied'}: ${event.decision.by}`);
        break;
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
    if (this.#section === 'answer' && this.#options.raw !== true) this.#markdown.end();
    if (this.#section === 'answer' && this.#options.raw === true && this.#lineOpen) this.#options.out('\n');
    this.#lineOpen = false;
    if (this.#section === 'reasoning') this.#reasoning.end();
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
  #raw(text: string): void {
    const clean = [...this.#answerCleaner.push(text)].join('');
    if (clean === '') return;
    this.#options.out(clean);
    this.#lineOpen = !clean.endsWith('\n');
  }

  #enter(section: 'reasoning' | 'answer'): void {
    if (this.#section === section) return;
    this.pause();
    this.#section = section;
  }

  #reason(text: string): void {
    if (this.#section !== 'reasoning') {
      this.#enter('reasoning');
      this.#cleaner = new TextCleaner();
      this.#reasoning.begin('', '');
    }
    for (const character of this.#cleaner.push(text)) {
      if (character === '\n') this.#reasoning.hardBreak();
      else if (character === ' ' || character === '\t') this.#reasoning.space();
      else this.#reasoning.text(character, this.#options.errPaint.dim);
    }
  }

  #line(text: string): void {
    this.pause();
    this.#options.err(`${this.#options.errPaint.dim(text.replaceAll('\n', ' '))}\n`);
  }

  #result(result: ToolResult, findings: readonly Finding[]): void {
    const first = visible(result.text.trimStart().split('\n', 1)[0] ?? '').slice(0, 100);
    const size = `${result.text.length.toLocaleString('en')} characters`;
    this.#line(result.outcome === 'ok' ? `  ✓ ${size}` : `  ✗ ${result.outcome}: ${first}`);
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

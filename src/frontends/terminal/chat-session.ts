import { askKey } from '../../adapters/support/terminal/ask-key.js';
import type { Key } from '../../adapters/support/terminal/key.js';
import { LineEditor } from '../../adapters/support/terminal/line-editor.js';
import type { LineHistory } from '../../adapters/support/terminal/line-history.js';
import type { Paint } from '../../adapters/support/terminal/paint.js';
import type { TerminalConsole } from '../../adapters/support/terminal/terminal-console.js';
import { isPyraError } from '../../core/domain/errors.js';
import type { ConversationId, ToolName } from '../../core/domain/identifiers.js';
import type { JsonObject } from '../../core/domain/json.js';
import type { Attachment, ToolMessage } from '../../core/domain/message.js';
import type { ModelRef, TokenUsage } from '../../core/domain/model.js';
import type { TurnEvent } from '../../core/domain/turn.js';
import { visible } from '../../core/domain/untrusted.js';
import type { Approver } from '../../ports/approver.js';
import { atPaths } from './at-paths.js';
import { readAttachment } from './attachments.js';
import { callTool, resultText } from './call-tool.js';
import { completeChat } from './chat-completion.js';
import type { ChatPyra, ChatState } from './chat-state.js';
import { editableText } from './editable-text.js';
import { reportError } from './report-error.js';
import { isSlashCommand, runSlashCommand } from './slash-commands.js';
import { attachmentPlace, editedText } from './slash-conversation.js';
import { currentModel } from './slash-information.js';
import { type StyledTextOptions, styledText } from './styled-text.js';
import { TurnView, type TurnViewOptions } from './turn-view.js';
import { askAboutSecret } from './typed-secret.js';

/** What a chat is made of. */
export interface ChatSessionOptions {
  readonly pyra: ChatPyra;
  readonly console: TerminalConsole;
  readonly approver: Approver;
  readonly history: LineHistory;
  /** Colours of standard error, where everything but the answer goes. */
  readonly paint: Paint;
  readonly view: TurnViewOptions & StyledTextOptions;
  readonly home: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly conversation: ConversationId;
  readonly model?: ModelRef;
  /** Replaces the persona. */
  readonly system?: string;
  /** Counts the tokens of a turn, and gives what it cost in US dollars where that is known. */
  readonly count: (model: ModelRef, usage: TokenUsage) => number | undefined;
  /** Ends the chat from outside. */
  readonly signal: AbortSignal;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
  readonly silenceMs?: number;
}

/** A second Ctrl-C within this time leaves. */
const TWICE_MS = 2_000;

/** The conversation between the person and the assistant on a terminal: reads a line, shows a turn, and again. */
export class ChatSession implements ChatState {
  readonly #options: ChatSessionOptions;
  readonly #editor: LineEditor;
  readonly #view: TurnView;
  #turn: AbortController | undefined;
  #interrupted = Number.NEGATIVE_INFINITY;
  conversation: ConversationId;
  model: ModelRef | undefined;
  attachments: readonly Attachment[] = [];
  draft = '';
  usage: TokenUsage = { inputTokens: 0, outputTokens: 0 };
  modelNames: readonly string[] = [];

  constructor(options: ChatSessionOptions) {
    this.#options = options;
    this.#editor = new LineEditor(options.console, editableText);
    this.#view = new TurnView(options.view, styledText(options.view));
    this.conversation = options.conversation;
    this.model = options.model;
  }

  get pyra(): ChatPyra {
    return this.#options.pyra;
  }

  get console(): TerminalConsole {
    return this.#options.console;
  }

  get paint(): Paint {
    return this.#options.paint;
  }

  get home(): string {
    return this.#options.home;
  }

  get cwd(): string {
    return this.#options.cwd;
  }

  get environment(): Readonly<Record<string, string | undefined>> {
    return this.#options.environment;
  }

  get signal(): AbortSignal {
    return this.#options.signal;
  }

  say(text: string): void {
    this.console.write(`${text}\n`);
  }

  choose(question: string, keys: readonly string[]): Promise<string | undefined> {
    const { signal, silenceMs } = this.#options;
    return askKey(this.console, question, keys, { signal, ...(silenceMs === undefined ? {} : { silenceMs }) });
  }

  /** Stops what runs now: a turn, or nothing. */
  interrupt(): void {
    this.#turn?.abort();
  }

  /** Reads and answers until the person leaves. */
  async run(): Promise<void> {
    const release = this.console.hold();
    try {
      while (!this.signal.aborted && !this.console.closed) {
        if ((await this.#step()) === 'exit') break;
      }
      await this.#farewell();
    } finally {
      release();
    }
  }

  async #step(): Promise<'exit' | undefined> {
    const initial = this.draft;
    this.draft = '';
    const answer = await this.#editor.read({
      prompt: '› ',
      paintedPrompt: this.paint.bold(this.paint.cyan('› ')),
      initial,
      history: this.#options.history.entries,
      complete: (text, cursor) => completeChat(this, text, cursor),
      signal: this.signal,
    });
    switch (answer.kind) {
      case 'end':
        return 'exit';
      case 'interrupt':
        return this.#onInterrupt(answer.text);
      case 'editor':
        return this.#guarded(async () => {
          this.draft = await editedText(this, answer.text);
          return undefined;
        });
      case 'line':
        return answer.text.trim() === '' ? undefined : this.#guarded(() => this.#onLine(answer.text));
    }
  }

  #onInterrupt(text: string): 'exit' | undefined {
    if (this.signal.aborted) return 'exit';
    if (text !== '') return undefined;
    const now = this.#options.clock();
    if (now - this.#interrupted <= TWICE_MS) return 'exit';
    this.#interrupted = now;
    this.say(this.paint.dim('Ctrl-C again to leave, or Ctrl-D'));
    return undefined;
  }

  async #onLine(text: string): Promise<'exit' | undefined> {
    await this.#options.history.add(text);
    if (isSlashCommand(text)) return runSlashCommand(text, this);
    const message = text.trim();
    const secret = await askAboutSecret(this, message);
    if (secret.kind === 'keep') {
      this.draft = secret.draft;
      return undefined;
    }
    try {
      const files = await atPaths(message, this.cwd);
      const named = await Promise.all(files.map((path) => readAttachment(path, attachmentPlace(this))));
      await this.send(message, [...this.attachments, ...named]);
    } catch (error) {
      // What was not sent is not lost.
      if (isPyraError(error) && !error.code.startsWith('model/')) this.draft = text;
      else this.attachments = [];
      throw error;
    }
    return undefined;
  }

  async send(text: string, attachments: readonly Attachment[] = []): Promise<void> {
    const started = this.#options.clock();
    let usage: TokenUsage | undefined;
    let ended = false;
    const request = {
      conversation: this.conversation,
      text,
      origin: { kind: 'terminal' as const },
      ...(attachments.length === 0 ? {} : { attachments }),
      ...(this.model === undefined ? {} : { model: this.model }),
      ...(this.#options.system === undefined ? {} : { system: this.#options.system }),
    };
    const stopped = await this.#inTurn(async (signal) => {
      for await (const event of this.pyra.assistant.respond(request, { approver: this.#approver, signal })) {
        this.#view.show(event);
        if (event.type === 'turn-end') {
          usage = event.usage;
          ended = event.reason === 'aborted';
        }
      }
      this.attachments = [];
    });
    const milliseconds = this.#options.clock() - started;
    const model = usage === undefined ? undefined : await currentModel(this);
    const cost = usage === undefined || model === undefined ? undefined : this.#options.count(model, usage);
    this.#view.end({
      milliseconds,
      interrupted: stopped || ended,
      ...(usage === undefined ? {} : { usage }),
      ...(cost === undefined ? {} : { cost }),
    });
    if (usage !== undefined) this.usage = sum(this.usage, usage);
  }

  async callTool(tool: ToolName, args: JsonObject, words: string): Promise<void> {
    let message: ToolMessage | undefined;
    const interrupted = await this.#inTurn(async (signal) => {
      const report = (event: TurnEvent): void => this.#view.show(event);
      message = await callTool(this.pyra, { tool, args, words, approver: this.#approver, signal, report });
    });
    this.#view.end({ interrupted });
    if (message !== undefined) this.say(resultText(message, this.paint));
  }

  /** Does something that Ctrl-C stops, while keys are kept for the next line; gives whether it was stopped. */
  async #inTurn(action: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    const turn = new AbortController();
    const abort = (): void => turn.abort();
    this.signal.addEventListener('abort', abort, { once: true });
    const stopReading = this.console.read({
      key: (key) => this.#keyInTurn(key),
      ended: abort,
    });
    const stopLending = this.console.onLend(() => this.#view.pause());
    this.#turn = turn;
    this.#view.wait();
    try {
      await action(turn.signal);
      return false;
    } catch (error) {
      if (turn.signal.aborted) return true;
      this.#view.pause();
      throw error;
    } finally {
      this.#turn = undefined;
      stopReading();
      stopLending();
      this.signal.removeEventListener('abort', abort);
    }
  }

  #keyInTurn(key: Key): void {
    if (key.kind === 'press' && key.name === 'ctrl-c') this.interrupt();
    else this.console.typeAhead.add(key);
  }

  /** The card comes after everything that was said before it. */
  readonly #approver: Approver = {
    decide: async (request, signal) => {
      await new Promise((resolve) => setImmediate(resolve));
      this.#view.pause();
      const decision = await this.#options.approver.decide(request, signal);
      this.#view.wait();
      return decision;
    },
  };

  /** Shows a failure and goes on: what was said is stored, and a fault of one turn is no reason to lose the next. */
  async #guarded(action: () => Promise<'exit' | undefined>): Promise<'exit' | undefined> {
    try {
      return (await action()) ?? undefined;
    } catch (error) {
      if (this.signal.aborted) return 'exit';
      if (error instanceof Error && error.name === 'AbortError') return undefined;
      this.console.write(reportError(error, { json: false, verbose: false, paint: this.paint }));
      return undefined;
    }
  }

  async #farewell(): Promise<void> {
    const stored = await this.pyra.conversations.load(this.conversation).catch(() => undefined);
    if (stored === undefined || stored.messages.length === 0) return;
    this.say(this.paint.dim(`go on with: pyra chat --resume ${visible(this.conversation)}`));
  }
}

function sum(left: TokenUsage, right: TokenUsage): TokenUsage {
  const estimated = left.estimated === true || right.estimated === true;
  return {
    inputTokens: left.inputTokens + right.inputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    ...(estimated ? { estimated } : {}),
  };
}

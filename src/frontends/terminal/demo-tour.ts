import type { ApprovalRequest } from '../../core/domain/approval.js';
import type { ConversationId } from '../../core/domain/identifiers.js';
import type { JsonValue } from '../../core/domain/json.js';
import type { TurnEvent } from '../../core/domain/turn.js';
import { visible } from '../../core/domain/untrusted.js';
import type { Pyra } from '../../core/usecases/pyra.js';
import type { Approver } from '../../ports/approver.js';
import type { CommandContext } from './command.js';
import { DemoApprover } from './demo-approver.js';
import { DEMO_STEPS, type DemoStep } from './demo-script.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { MarkdownStream } from './markdown-stream.js';

/** The tour: it plays the person's side, and shows what happens. */
export class DemoTour {
  readonly #context: CommandContext;
  readonly #pyra: Pyra;
  readonly #watched: boolean;
  readonly #turns: JsonValue[] = [];

  /** `watched`: whether somebody sits at the terminal and answers the card. */
  constructor(context: CommandContext, pyra: Pyra, watched: boolean) {
    this.#context = context;
    this.#pyra = pyra;
    this.#watched = watched;
  }

  /** Says what is real here and what is not. */
  welcome(): void {
    const paint = this.#context.paint('stdout');
    this.#print(paint.bold('A tour of Pyra, with a scripted model'));
    this.#print('What the model says was written in advance and comes from this machine; no network is used.');
    this.#print('The gate, the memory and the vault are the real ones, in a temporary home that is removed at the end.');
  }

  /** Plays all steps. */
  async run(): Promise<ExitCode> {
    let conversation = this.#newConversation();
    for (const step of DEMO_STEPS) {
      if (step.fresh) conversation = this.#newConversation();
      if (!(await this.#turn(step, conversation))) return EXIT.interrupted;
    }
    await this.#farewell();
    return EXIT.ok;
  }

  async #turn(step: DemoStep, conversation: ConversationId): Promise<boolean> {
    const paint = this.#context.paint('stdout');
    this.#print(`\n${paint.cyan(paint.bold(step.heading))}\n\n${paint.bold('you ›')} ${step.text}\n`);
    const answer = new MarkdownStream({
      write: (text) => {
        if (!this.#context.globals.json) this.#context.stdout.write(text);
      },
      columns: () => Math.min(this.#context.stdout.columns ?? 80, 100),
      paint,
    });
    let text = '';
    const calls: JsonValue[] = [];
    let aborted = false;
    const request = { conversation, text: step.text, origin: { kind: 'terminal' } } as const;
    for await (const event of this.#pyra.assistant.respond(request, { approver: await this.#approver(), signal: this.#context.signal })) {
      if (event.type === 'text-delta') {
        text += event.text;
        answer.push(event.text);
      } else if (event.type === 'tool-call') {
        answer.end();
        this.#print(paint.dim(`\n→ ${visible(event.call.tool)} ${visible(JSON.stringify(event.call.args))}`));
      } else if (event.type === 'tool-result') {
        calls.push({ tool: event.result.tool, outcome: event.result.outcome });
        this.#print(paint.dim(`← ${visible(event.result.tool)}: ${event.result.outcome}\n`));
      } else if (event.type === 'turn-end') aborted = event.reason === 'aborted';
      else this.#notice(event);
    }
    answer.end();
    this.#turns.push({ you: step.text, answer: text, calls });
    return !aborted;
  }

  #notice(event: TurnEvent): void {
    if (event.type === 'notice') this.#context.say(visible(event.text));
  }

  async #approver(): Promise<Approver> {
    const terminal = await this.#context.openTerminal();
    if (this.#watched) return terminal.approver;
    return new DemoApprover((request: ApprovalRequest) => {
      this.#print(terminal.card(request, Math.min(this.#context.stdout.columns ?? 80, 100)));
      this.#print('(nobody is asked in this tour: it answers [y] once by itself, which only a person does otherwise)');
    });
  }

  async #farewell(): Promise<void> {
    const { log, vault, memory } = this.#pyra;
    const secrets = (await vault.names()).length;
    const notes = (await memory.list()).length;
    const { entries, faults } = await log.verify('tool_executions');
    if (this.#context.globals.json) {
      this.#context.printJson({ scripted: true, turns: this.#turns, notes, secrets, logged: entries, logWhole: faults.length === 0 });
      return;
    }
    const paint = this.#context.paint('stdout');
    this.#print(`\n${paint.cyan(paint.bold('What is left of it'))}\n`);
    this.#print(`vault   ${secrets} secret, encrypted with age: the key with which the model was reached`);
    this.#print(`memory  ${notes === 1 ? '1 note' : `${notes} notes`} in Markdown`);
    this.#print(`log     ${entries} entries about tool calls, ${faults.length === 0 ? 'the chain is whole' : 'the chain is broken'}`);
    this.#print(`\nThe temporary home is removed now. To begin with a model of your own: ${paint.bold('pyra setup')}`);
  }

  #newConversation(): ConversationId {
    return `demo-${this.#pyra.system.id().toLowerCase()}` as ConversationId;
  }

  #print(text: string): void {
    if (!this.#context.globals.json) this.#context.print(text);
  }
}

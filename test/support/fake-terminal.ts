import { EventEmitter } from 'node:events';
import type { TerminalInput, TerminalOutput } from '../../src/adapters/support/terminal/terminal-streams.js';

/** The input side of a terminal without one: type into it, or close it. */
export class FakeInput extends EventEmitter implements TerminalInput {
  readonly isTTY = true;
  raw = false;

  setRawMode(raw: boolean): void {
    this.raw = raw;
  }

  resume(): void {}

  pause(): void {}

  type(text: string): void {
    this.emit('data', Buffer.from(text));
  }
}

/** The output side of a terminal without one: remembers what was written. */
export class FakeOutput extends EventEmitter implements TerminalOutput {
  readonly isTTY = true;
  columns = 80;
  rows = 24;
  text = '';

  write(text: string): void {
    this.text += text;
  }
}

import type { ChatState } from './chat-state.js';

/** One command of the chat, such as `/model`. */
export interface SlashCommand {
  readonly name: string;
  /** What may follow it, for `/help`. */
  readonly words?: string;
  readonly summary: string;
  /** Runs it; `exit` ends the chat. Expected failures are thrown as PyraError and shown. */
  run(chat: ChatState, rest: string): Promise<'exit' | undefined>;
  /** What may stand behind it. */
  complete?(chat: ChatState, word: string): Promise<readonly string[]>;
}

import type { Paint } from '../../adapters/support/terminal/paint.js';
import type { TerminalConsole } from '../../adapters/support/terminal/terminal-console.js';
import type { ConversationId, ToolName } from '../../core/domain/identifiers.js';
import type { JsonObject } from '../../core/domain/json.js';
import type { Attachment } from '../../core/domain/message.js';
import type { ModelRef, TokenUsage } from '../../core/domain/model.js';
import type { SecretRange } from '../../core/domain/secret-range.js';
import type { ToolDefinition } from '../../core/domain/tool.js';
import type { TurnEvent, TurnRequest } from '../../core/domain/turn.js';
import type { MemoryKeeper } from '../../core/usecases/memory-keeper.js';
import type { PluginShelf } from '../../core/usecases/plugin-shelf.js';
import type { ToolGate } from '../../core/usecases/tool-gate.js';
import type { Approver } from '../../ports/approver.js';
import type { ConversationStore } from '../../ports/conversation-store.js';
import type { ModelCatalog } from '../../ports/language-model.js';
import type { SettingsStore } from '../../ports/settings-store.js';
import type { System } from '../../ports/system.js';
import type { SecretStore, VaultLock } from '../../ports/vault.js';

/** What a chat uses of Pyra. */
export interface ChatPyra {
  readonly assistant: {
    respond(request: TurnRequest, io: { readonly approver: Approver; readonly signal: AbortSignal }): AsyncIterable<TurnEvent>;
    compact(request: Pick<TurnRequest, 'conversation' | 'model'>, signal: AbortSignal): Promise<number>;
  };
  readonly gate: Pick<ToolGate, 'run'>;
  readonly toolbox: { definitions(): Promise<readonly ToolDefinition[]> };
  readonly plugins: Pick<PluginShelf, 'list' | 'commands'>;
  readonly conversations: ConversationStore;
  readonly memory: Pick<MemoryKeeper, 'list' | 'search' | 'read' | 'remember' | 'forget'>;
  readonly models: ModelCatalog;
  readonly settings: Pick<SettingsStore, 'load'>;
  readonly vault: Pick<SecretStore, 'names' | 'set'> & Pick<VaultLock, 'status'>;
  readonly redactor: { find(text: string): readonly SecretRange[]; redact(text: string): string };
  readonly system: System;
}

/** What a chat knows and does; slash commands work on it. */
export interface ChatState {
  readonly pyra: ChatPyra;
  readonly console: TerminalConsole;
  readonly paint: Paint;
  readonly home: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  conversation: ConversationId;
  /** The model of this chat where it is not that of the settings. */
  model: ModelRef | undefined;
  /** Goes with the next message. */
  attachments: readonly Attachment[];
  /** What stands in the next edit line. */
  draft: string;
  usage: TokenUsage;
  /** Writes a line for the person. */
  say(text: string): void;
  /** Asks one key; `undefined` for none of them. */
  choose(question: string, keys: readonly string[]): Promise<string | undefined>;
  /** Sends a message and shows the turn. */
  send(text: string, attachments?: readonly Attachment[]): Promise<void>;
  /** Runs a tool through the gate as the person's own call, and shows what came of it; the model learns nothing of it. `words`: what they wrote. */
  callTool(tool: ToolName, args: JsonObject, words: string): Promise<void>;
  /** The candidates that `/model` completes, as far as they are known. */
  modelNames: readonly string[];
  readonly signal: AbortSignal;
}

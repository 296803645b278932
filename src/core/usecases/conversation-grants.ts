import { argumentAt } from '../domain/argument-paths.js';
import type { ConversationId } from '../domain/identifiers.js';
import { canonicalJson, type JsonObject } from '../domain/json.js';
import type { ToolDefinition } from '../domain/tool.js';

/** What a person allowed for the rest of a conversation: the same tool of the same provider with the same values in all destinations. Lives as long as the process. */
export class ConversationGrants {
  readonly #granted = new Map<ConversationId, Set<string>>();

  has(conversation: ConversationId, provider: string, definition: ToolDefinition, args: JsonObject): boolean {
    return this.#granted.get(conversation)?.has(keyOf(provider, definition, args)) ?? false;
  }

  add(conversation: ConversationId, provider: string, definition: ToolDefinition, args: JsonObject): void {
    const granted = this.#granted.get(conversation) ?? new Set();
    this.#granted.set(conversation, granted.add(keyOf(provider, definition, args)));
  }
}

function keyOf(provider: string, { name, destinations }: ToolDefinition, args: JsonObject): string {
  return canonicalJson([name, provider, destinations.map((path) => [path, argumentAt(args, path) ?? null])]);
}

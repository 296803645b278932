/** A value of a plain type that cannot be confused with another of the same plain type. */
export type Branded<T, Name extends string> = T & { readonly __brand: Name };

/** Names one stored conversation: lower-case letters, digits and dashes, at most 64 characters. */
export type ConversationId = Branded<string, 'ConversationId'>;

/** Names one tool call within its conversation, as the model or the caller gave it. */
export type CallId = Branded<string, 'CallId'>;

/** `provider.verb`, such as `email.search`; see {@link isToolName}. */
export type ToolName = Branded<string, 'ToolName'>;

/** Names one secret of the vault, such as `openai` or `plugin:email:main.password`. */
export type SecretName = Branded<string, 'SecretName'>;

/** A note's path below `memory/`, with forward slashes, ending in `.md`. */
export type NoteId = Branded<string, 'NoteId'>;

/** Names a provider of tools: `memory`, a plugin's name, an MCP server's name. */
export type ProviderId = Branded<string, 'ProviderId'>;

/** A moment in UTC as ISO 8601 with milliseconds, so that moments sort as text. */
export type Instant = Branded<string, 'Instant'>;

const TOOL_NAME = /^[a-z][a-z0-9-]*\.[a-z][a-z0-9_]*$/;

/** Whether a text is a tool name: `^[a-z][a-z0-9-]*\.[a-z][a-z0-9_]*$`, at most 62 characters. */
export function isToolName(text: string): text is ToolName {
  return text.length <= 62 && TOOL_NAME.test(text);
}

const CONVERSATION_ID = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** Whether a text is a conversation's id. */
export function isConversationId(text: string): text is ConversationId {
  return CONVERSATION_ID.test(text);
}

const SECRET_NAME = /^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}$/;

/** Whether a text is a secret's name: letters, digits and `._:@+-`, at most 128 characters. */
export function isSecretName(text: string): text is SecretName {
  return SECRET_NAME.test(text);
}

/** The moment `milliseconds` after 1970-01-01T00:00Z. */
export function instantOf(milliseconds: number): Instant {
  return new Date(milliseconds).toISOString() as Instant;
}

/** Milliseconds from 1970-01-01T00:00Z to a moment. */
export function millisecondsOf(instant: Instant): number {
  return Date.parse(instant);
}

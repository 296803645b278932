import type { ConversationId, ToolName } from './identifiers.js';
import { canonicalJson, type JsonObject } from './json.js';
import type { ToolDefinition } from './tool.js';

/** Everything that makes a call this call and no other. */
export interface ExactCall {
  readonly tool: ToolName;
  /** A digest over the provider's id and the tool's whole definition: what was approved is not what another version does. */
  readonly provider: string;
  readonly arguments: JsonObject;
  readonly conversation: ConversationId;
  /** Random, so that a digest stands for one request only. */
  readonly nonce: string;
}

/** The text whose SHA-256 is the digest of an exact call. */
export function exactCallText({ tool, provider, arguments: args, conversation, nonce }: ExactCall): string {
  return canonicalJson({ tool, provider, arguments: args, conversation, nonce });
}

/** The text whose SHA-256 says that two calls are identical, whenever they are asked. */
export function identicalCallText({ tool, provider, arguments: args, conversation }: Omit<ExactCall, 'nonce'>): string {
  return canonicalJson({ tool, provider, arguments: args, conversation });
}

/** The text whose SHA-256 stands for a provider's version of a tool. */
export function providerText(provider: string, definition: ToolDefinition): string {
  const { name, description, parameters, effect, destinations, approval, summary = '', code = '' } = definition;
  return canonicalJson({ provider, name, description, parameters, effect, destinations, approval, summary, code });
}

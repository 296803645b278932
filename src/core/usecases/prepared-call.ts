import type { System } from '../../ports/system.js';
import { exactCallText, identicalCallText, providerText } from '../domain/exact-call.js';
import type { ConversationId } from '../domain/identifiers.js';
import type { JsonObject } from '../domain/json.js';
import type { ToolCall } from '../domain/tool.js';
import type { ScannedArguments } from './gate-scan.js';
import type { FoundTool } from './toolbox.js';

/** A call that was resolved, checked and scanned, sealed by a digest: what is decided about is what runs. */
export interface PreparedCall {
  /** Its arguments are frozen. */
  readonly call: ToolCall;
  readonly found: FoundTool;
  readonly conversation: ConversationId;
  /** The digest of the provider's version of the tool. */
  readonly provider: string;
  readonly scan: ScannedArguments;
  readonly nonce: string;
  /** Stands for this request alone. */
  readonly digest: string;
  /** The same for every identical call. */
  readonly identity: string;
  /** Whether the person changed the arguments. */
  readonly edited: boolean;
}

/** What a call is prepared from. */
export interface CallParts {
  readonly call: ToolCall;
  readonly args: JsonObject;
  readonly found: FoundTool;
  readonly conversation: ConversationId;
  readonly scan: ScannedArguments;
  readonly edited: boolean;
}

/** Seals a call with a nonce of its own. */
export function prepareCall({ args, ...parts }: CallParts, system: System): PreparedCall {
  const { found, conversation } = parts;
  const provider = providerDigest(found, system);
  const call = Object.freeze({ id: parts.call.id, tool: found.definition.name, args });
  const nonce = system.id();
  const exact = { tool: call.tool, provider, arguments: args, conversation, nonce };
  const [digest, identity] = [system.digest(exactCallText(exact)), system.digest(identicalCallText(exact))];
  return Object.freeze({ ...parts, call, provider, nonce, digest, identity });
}

/** The digest once more, from what is about to run. */
export function digestNow({ call, conversation, nonce }: PreparedCall, found: FoundTool, system: System): string {
  const provider = providerDigest(found, system);
  return system.digest(exactCallText({ tool: found.definition.name, provider, arguments: call.args, conversation, nonce }));
}

function providerDigest({ provider, definition }: FoundTool, system: System): string {
  return system.digest(providerText(provider.id, definition));
}

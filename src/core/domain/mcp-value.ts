import { isSecretName } from './identifiers.js';
import type { McpValue } from './mcp-server.js';

/** `secret:NAME` at the end of a value, where no word goes before it. */
const REFERENCE = /(?<![A-Za-z0-9_])secret:(.*)$/s;

/** What a value of `config.yaml` or of the command line says: `Bearer secret:web` is `Bearer ` and behind it the secret `web`. */
export function parseMcpValue(text: string): McpValue {
  const match = REFERENCE.exec(text);
  const name = match?.[1] ?? '';
  return match === null || !isSecretName(name) ? { text } : { text: text.slice(0, match.index), secret: name };
}

/** A value as it is written down; {@link parseMcpValue} gives it back. */
export function mcpValueText({ text, secret }: McpValue): string {
  return secret === undefined ? text : `${text}secret:${secret}`;
}

/** Whether a text means to name a secret and does not: `secret:` with something behind it that is no name of one. */
export function isBrokenReference(text: string): boolean {
  const match = REFERENCE.exec(text);
  return match !== null && !isSecretName(match[1] ?? '');
}

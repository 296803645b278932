import { basename } from 'node:path';
import { PyraError } from '../../core/domain/errors.js';
import type { JsonValue } from '../../core/domain/json.js';
import type { Message } from '../../core/domain/message.js';
import { type FileLine, jsonLine } from '../support/json-lines.js';
import { messageFault } from './message-fault.js';

/** One append as one line, so that it is stored whole or not at all: a message, or a list of several. */
export function conversationLine(messages: readonly Message[]): string {
  return jsonLine(messages.length === 1 ? (messages[0] as Message) : messages);
}

/**
 * The messages of one line; none for a line that a kill or a power cut left half-written, which was never confirmed to anyone.
 * Throws `conversation/corrupt` that names the file and the line for anything else that is no message.
 */
export function messagesOfLine(line: FileLine, lineNumber: number, path: string): readonly Message[] {
  if (line.text === '') return [];
  let value: JsonValue;
  try {
    value = JSON.parse(line.text) as JsonValue;
  } catch (error) {
    if (isTorn(line)) return [];
    throw corrupt(path, lineNumber, 'it is not JSON', error);
  }
  const messages: readonly JsonValue[] = Array.isArray(value) ? value : [value];
  for (const message of messages) {
    const fault = messageFault(message);
    if (fault !== undefined) throw corrupt(path, lineNumber, fault);
  }
  return messages as unknown as readonly Message[];
}

/** Whether a line that does not parse was left by an interrupted write: without its end, or with the zeros of a block that never came. */
export function isTorn(line: FileLine): boolean {
  return !line.terminated || line.text.includes('\0');
}

function corrupt(path: string, lineNumber: number, fault: string, cause?: unknown): PyraError {
  return new PyraError('conversation/corrupt', `line ${lineNumber} of conversations/${basename(path)} is damaged: ${fault}`, {
    hint: `mend or remove that line of ${path}, or begin a new conversation`,
    ...(cause === undefined ? {} : { cause }),
  });
}

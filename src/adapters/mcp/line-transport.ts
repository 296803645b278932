import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { isJsonObject } from '../../core/domain/json.js';
import { FlowLimit } from '../support/flow-limit.js';
import { FrameSplitter } from '../support/frame-splitter.js';
import type { LaunchedChild } from '../support/sandbox/launched-child.js';
import { jsonShapeFault } from './json-shape.js';

/** The most of a message that is ever held. */
const MAX_FRAME_BYTES = 10 * 1024 * 1024;
/** What may come besides answers to what was asked. */
const BYTES = { burst: 16 * 1024 * 1024, perSecond: 1024 * 1024 } as const;
/** Many servers greet on their output, which is no place for it; some write their log there. */
const ODD_LINES = { burst: 100, perSecond: 2 } as const;
const SHOWN_OF_ODD = 200;
/** So much may wait to be read by the server. */
const MAX_BACKLOG_BYTES = 32 * 1024 * 1024;
/** So much is thrown away of a server that is being ended, before it is killed. */
const MAX_AFTER_END_BYTES = 1024 * 1024;

/** What a transport is made from. */
export interface LineTransportParts {
  readonly child: LaunchedChild;
  readonly log: (text: string) => void;
  /** Called when the server does what no server may, with words that stand behind its name. */
  readonly breach: (reason: string) => void;
  /** Ends the connection. */
  readonly close: () => Promise<void>;
}

/**
 * MCP's stdio transport, one message a line, with bounds on all that comes: the length of a line, its depth and number of values before it
 * is parsed, bytes in a second. A line that is no message is logged; many of them are a breach.
 */
export class LineTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #parts: LineTransportParts;
  readonly #splitter = new FrameSplitter(MAX_FRAME_BYTES);
  readonly #bytes = new FlowLimit(BYTES);
  readonly #odd = new FlowLimit(ODD_LINES);
  /** The ids of requests that are not answered yet; their answers are no flood. */
  readonly #awaited = new Set<unknown>();
  #over = false;
  #afterEnd = 0;

  constructor(parts: LineTransportParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    this.#parts.child.stdout.on('data', (piece: Uint8Array) => this.#take(piece));
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const { stdin } = this.#parts.child;
    // Whoever waits for an answer is told by the end of the connection, which knows why.
    if (this.#over || !stdin.writable) return;
    if ('method' in message && 'id' in message) this.#awaited.add(message.id);
    stdin.write(`${JSON.stringify(message)}\n`);
    if (stdin.writableLength > MAX_BACKLOG_BYTES) this.#breach('does not read what it is sent');
  }

  close(): Promise<void> {
    return this.#parts.close();
  }

  /** Takes nothing in any more. */
  stop(): void {
    this.#over = true;
  }

  /** Says that nothing more comes. */
  ended(): void {
    this.stop();
    this.onclose?.();
  }

  #take(piece: Uint8Array): void {
    if (this.#over) {
      this.#afterEnd += piece.length;
      if (this.#afterEnd > MAX_AFTER_END_BYTES) this.#parts.child.kill();
      return;
    }
    if (!this.#bytes.take(piece.length)) {
      this.#breach('flooded its output');
      return;
    }
    try {
      for (const frame of this.#splitter.push(piece)) {
        this.#read(frame);
        if (this.#over) return;
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#breach('sent a message of more than 10 MB');
    }
  }

  #read(frame: Uint8Array): void {
    const fault = jsonShapeFault(frame);
    const text = fault === undefined ? Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('utf8') : '';
    const message = parsed(text);
    if (fault !== undefined) {
      this.#breach(`sent a message that ${fault}`);
    } else if (!isJsonObject(message)) {
      this.#oddLine(text);
    } else {
      if (message.method === undefined && this.#awaited.delete(message.id)) this.#bytes.give(frame.length);
      this.onmessage?.(message as unknown as JSONRPCMessage);
    }
  }

  #oddLine(text: string): void {
    if (this.#odd.take(1)) this.#parts.log(`wrote to its output what is no message: ${text.slice(0, SHOWN_OF_ODD)}`);
    else this.#breach('writes to its output what are no messages');
  }

  #breach(reason: string): void {
    this.stop();
    this.#parts.breach(reason);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

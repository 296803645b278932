import { join } from 'node:path';
import type { McpProgram } from '../../../src/core/domain/mcp-server.js';
import { PROJECT } from '../source-files.js';

/** The program itself: `node scripted-server.mjs SCRIPT`, where SCRIPT is JSON or the path of a file with JSON, functions in it as source text. */
export const SCRIPTED_SERVER = join(PROJECT, 'test/support/mcp/scripted-server.mjs');

/** What the functions of a script can use. */
export interface ScriptedServer {
  /** What a function gives so that nothing is answered. */
  readonly silent: symbol;
  /** What `tools/list` gives; may be changed. */
  tools: ScriptedTool[];
  /** Which start this is, from 1, when the script has a `startsFile`. */
  readonly starts: number;
  /** How many calls of tools came to this process, with this one. */
  readonly calls: number;
  readonly cancelled: readonly unknown[];
  /** Every message that came. */
  readonly received: readonly { readonly method?: string; readonly params?: Record<string, unknown> }[];
  /** Whatever a script keeps. */
  name?: unknown;
  wait(ms: number): Promise<void>;
  /** Writes to stdout as it is; resolves when the pipe took it. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** Writes a message, `jsonrpc` put in. */
  send(message: object): Promise<void>;
  reply(id: unknown, result: unknown): Promise<void>;
  notify(method: string, params?: object): Promise<void>;
  /** Asks the client; gives its whole answer. */
  ask(method: string, params?: object): Promise<{ readonly result?: unknown; readonly error?: { readonly code: number } }>;
  /** A result with this text. */
  text(text: string): object;
}

/** The same while a request is answered. */
export interface ScriptedCall extends ScriptedServer {
  readonly id: number;
  readonly token: unknown;
  progress(said: { readonly progress: number; readonly total?: number; readonly message?: string }): Promise<void>;
}

/** A tool of the script. `inputSchema` is `{ type: 'object' }` when absent; any other member of a tool may be given too. */
export interface ScriptedTool {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema?: unknown;
  readonly annotations?: unknown;
  /** What it answers: a text, or a whole result. Absent: its arguments as JSON. */
  readonly answer?: unknown;
  /** Answers instead: a text or a whole result; an Error that it throws is an expected failure, an object a JSON-RPC error. */
  // biome-ignore lint/suspicious/noExplicitAny: a test writes the arguments that it sends
  readonly run?: ((args: any, call: ScriptedCall) => unknown) | string;
  readonly [member: string]: unknown;
}

/** What a scripted server does. Functions see nothing of what stands around them: they go to another process as text. */
export interface ServerScript {
  /** What it calls itself; `scripted` when absent. */
  readonly name?: string;
  readonly tools?: readonly ScriptedTool[];
  readonly protocolVersion?: string;
  readonly capabilities?: object;
  readonly instructions?: string;
  /** How many tools a page of `tools/list` has; all when absent. */
  readonly pageSize?: number;
  /** A file that counts the starts. */
  readonly startsFile?: string;
  /** It does not end when stdin does, nor on SIGTERM. */
  readonly deaf?: boolean;
  /** Run before anything is read. */
  readonly start?: ((server: ScriptedServer) => unknown) | string;
  /** Answers `initialize`, unless it gives nothing. */
  readonly initialize?: ((params: Record<string, unknown>, call: ScriptedCall) => unknown) | string;
  /** Run when the client said that it is initialized. */
  readonly initialized?: ((server: ScriptedServer) => unknown) | string;
  /** Answers `tools/list`, unless it gives nothing. */
  readonly list?: ((params: { readonly cursor?: string } | undefined, call: ScriptedCall) => unknown) | string;
}

/** A script as the program takes it: JSON, with functions as their source text. */
export function scriptText(script: ServerScript): string {
  return JSON.stringify(script, (_name, value) => (typeof value === 'function' ? String(value) : value));
}

/** The program of a server that does what the script says. */
export function scriptedProgram(script: ServerScript, grants: Partial<McpProgram> = {}): McpProgram {
  return {
    kind: 'program',
    command: process.execPath,
    args: [SCRIPTED_SERVER, scriptText(script)],
    env: {},
    read: [],
    write: [],
    net: [],
    ...grants,
  };
}

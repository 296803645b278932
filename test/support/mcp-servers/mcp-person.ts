import { join } from 'node:path';
import { InMemoryApprover, type ScriptedDecision } from '../../../src/adapters/in-memory/in-memory-approver.js';
import { InMemoryVault } from '../../../src/adapters/in-memory/in-memory-vault.js';
import { createPyra } from '../../../src/compose.js';
import type { ApprovalRequest } from '../../../src/core/domain/approval.js';
import type { CallId, ConversationId, SecretName, ToolName } from '../../../src/core/domain/identifiers.js';
import type { JsonObject } from '../../../src/core/domain/json.js';
import type { McpInspection } from '../../../src/core/domain/mcp-inspection.js';
import type { McpAddress, McpProgram, McpServer, McpServerName, McpToolClass } from '../../../src/core/domain/mcp-server.js';
import type { Message, ToolMessage } from '../../../src/core/domain/message.js';
import { Secret } from '../../../src/core/domain/secret.js';
import type { ToolEffect } from '../../../src/core/domain/tool.js';
import type { TurnEvent } from '../../../src/core/domain/turn.js';
import type { Pyra } from '../../../src/core/usecases/pyra.js';
import type { LanguageModel } from '../../../src/ports/language-model.js';
import { removeFolder, temporaryFolder } from '../temporary-folder.js';

/** How a call of a test is made. */
export interface PersonCall {
  /** What the person says to the card, in order; nobody can be asked when absent. */
  readonly decisions?: readonly ScriptedDecision[];
  readonly signal?: AbortSignal;
  readonly messages?: readonly Message[];
  readonly timeoutMs?: number;
}

/** What came of such a call. */
export interface PersonResult {
  readonly message: ToolMessage;
  readonly outcome: ToolMessage['result']['outcome'];
  readonly text: string;
  readonly data: ToolMessage['result']['data'];
  /** The cards that were shown. */
  readonly cards: readonly ApprovalRequest[];
  readonly events: readonly TurnEvent[];
  /** The lines that were shown while it ran. */
  readonly progress: readonly string[];
}

/** A person with a Pyra of their own, in a home of its own: everything is as in the program, but for the vault, which is in memory. */
export interface McpPerson {
  /** A folder of the test; the home is in it. */
  readonly folder: string;
  readonly home: string;
  readonly pyra: Pyra;
  secret(name: string, value: string): Promise<void>;
  /** Looks at a server, takes what it offers as seen, and keeps it, as `pyra mcp add` does. */
  add(name: string, reach: McpProgram | McpAddress): Promise<McpInspection>;
  /** Says what tools can do, by their verbs. */
  classify(name: string, effects: Readonly<Record<string, ToolEffect | McpToolClass>>): Promise<void>;
  call(tool: string, args?: JsonObject, how?: PersonCall): Promise<PersonResult>;
  /** One turn of a conversation, with what happened in it. */
  turn(text: string, decisions?: readonly ScriptedDecision[]): Promise<{ events: readonly TurnEvent[]; cards: readonly ApprovalRequest[] }>;
  /** Ends this Pyra and opens the home anew, as the next start does. */
  restart(): Promise<void>;
  /** Ends everything and removes the folder. */
  stop(): Promise<void>;
}

/** Yes to each call, once. */
export const YES: ScriptedDecision = { outcome: 'allow', scope: 'once', by: 'person' };
/** No. */
export const NO: ScriptedDecision = { outcome: 'deny', by: 'person' };

/** Asks before a read too, unless told. */
export function reading(approval: McpToolClass['approval'] = 'none'): McpToolClass {
  return { effect: 'read', approval, destinations: [] };
}

/** A server as a test gives it to the shelf. */
export function mcpServer(name: string, reach: McpProgram | McpAddress): McpServer {
  return { name: name as McpServerName, reach, start: 'first-use', tools: {} };
}

/** Makes a person; `stop` it in every test. */
export async function mcpPerson(model?: LanguageModel): Promise<McpPerson> {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  const vault = new InMemoryVault();
  await vault.create(new Secret('a long passphrase'));
  const open = (): Promise<Pyra> => createPyra({ home, environment: {}, with: { vault, ...(model === undefined ? {} : { model }) } });
  let pyra = await open();
  let calls = 0;
  const never = new AbortController().signal;
  return {
    folder,
    home,
    get pyra() {
      return pyra;
    },
    secret: (name, value) => pyra.vault.set(name as SecretName, new Secret(value)),
    async add(name, reach) {
      const seen = await pyra.mcp.inspect(mcpServer(name, reach), never);
      await pyra.mcp.add(mcpServer(name, reach), seen);
      return seen;
    },
    async classify(name, effects) {
      const classes = Object.entries(effects).map(([verb, given]): [string, McpToolClass] => [
        verb,
        typeof given === 'string' ? { effect: given, approval: 'ask', destinations: [] } : given,
      ]);
      await pyra.mcp.classify(name, Object.fromEntries(classes));
    },
    async call(tool, args = {}, how = {}) {
      calls += 1;
      const events: TurnEvent[] = [];
      const approver = new InMemoryApprover(how.decisions);
      const message = await pyra.gate.run(
        { id: `call-${calls}` as CallId, tool: tool as ToolName, args },
        {
          conversation: 'conversation-1' as ConversationId,
          origin: { kind: 'script' },
          approver,
          signal: how.signal ?? never,
          messages: how.messages ?? [],
          refused: new Set(),
          report: (event) => events.push(event),
          ...(how.timeoutMs === undefined ? {} : { timeoutMs: how.timeoutMs }),
        },
      );
      const { outcome, text, data } = message.result;
      const progress = events.flatMap((event) => (event.type === 'tool-progress' ? [event.text] : []));
      return { message, outcome, text, data, cards: approver.requests, events, progress };
    },
    async turn(text, decisions = []) {
      const approver = new InMemoryApprover(decisions);
      const events: TurnEvent[] = [];
      const request = { conversation: 'conversation-2' as ConversationId, text, origin: { kind: 'script' } } as const;
      for await (const event of pyra.assistant.respond(request, { approver, signal: never })) events.push(event);
      return { events, cards: approver.requests };
    },
    async restart() {
      await pyra.close();
      pyra = await open();
    },
    async stop() {
      await pyra.close();
      removeFolder(folder);
    },
  };
}

/** The names of all tools that are offered now. */
export async function offered({ pyra }: McpPerson): Promise<readonly string[]> {
  return (await pyra.toolbox.definitions()).map(({ name }) => name);
}

/** Skips a test, visibly, where nothing keeps a server in that is a program: there it can do what the person can, as they are told. */
export async function needsSandbox(test: Mocha.Context, { pyra }: McpPerson): Promise<void> {
  if ((await pyra.mcp.tier()).tier !== 'bwrap') test.skip();
}

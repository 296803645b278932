import { InMemoryApprover, type ScriptedDecision } from '../../src/adapters/in-memory/in-memory-approver.js';
import { InMemoryAuditLog } from '../../src/adapters/in-memory/in-memory-audit-log.js';
import { InMemoryMcpRecords } from '../../src/adapters/in-memory/in-memory-mcp-records.js';
import { InMemorySettingsStore } from '../../src/adapters/in-memory/in-memory-settings-store.js';
import { InMemorySystem } from '../../src/adapters/in-memory/in-memory-system.js';
import { InMemoryVault } from '../../src/adapters/in-memory/in-memory-vault.js';
import { JsonSchemaChecker } from '../../src/adapters/json-schema/json-schema-checker.js';
import type { CallId, ConversationId, ToolName } from '../../src/core/domain/identifiers.js';
import type { JsonObject } from '../../src/core/domain/json.js';
import type { McpProgram, McpServer, McpServerName, McpTool } from '../../src/core/domain/mcp-server.js';
import type { ToolMessage } from '../../src/core/domain/message.js';
import { Redactor } from '../../src/core/domain/redaction.js';
import { Secret } from '../../src/core/domain/secret.js';
import { DEFAULT_SETTINGS } from '../../src/core/domain/settings.js';
import type { TurnEvent } from '../../src/core/domain/turn.js';
import type { McpPorts } from '../../src/core/usecases/mcp-ports.js';
import { McpShelf } from '../../src/core/usecases/mcp-shelf.js';
import { McpTools } from '../../src/core/usecases/mcp-tools.js';
import { RedactingVault } from '../../src/core/usecases/redacting-vault.js';
import { ToolGate } from '../../src/core/usecases/tool-gate.js';
import { Toolbox } from '../../src/core/usecases/toolbox.js';
import { userMessage } from './messages.js';
import { ScriptedMcpHost, ScriptedMcpServer } from './scripted-mcp-host.js';

/** A tool as a server describes it. */
export function mcpTool(name: string, more: Partial<McpTool> = {}): McpTool {
  return {
    name,
    description: `Does ${name}.`,
    parameters: { type: 'object', properties: { to: { type: 'string' }, body: { type: 'string' } } },
    hints: {},
    ...more,
  };
}

/** A server that is a program, as the person would configure it. */
export function mcpProgram(name: string, reach: Partial<McpProgram> = {}, more: Partial<McpServer> = {}): McpServer {
  return {
    name: name as McpServerName,
    reach: { kind: 'program', command: '/usr/bin/server', args: [], env: {}, read: [], write: [], net: [], ...reach },
    start: 'first-use',
    tools: {},
    ...more,
  };
}

/** MCP servers with everything in memory around them; counts how often records and host were asked for. */
export function mcpShelfHarness() {
  const system = new InMemorySystem();
  const audit = new InMemoryAuditLog();
  const settings = new InMemorySettingsStore();
  const redactor = new Redactor();
  const vault = new RedactingVault(new InMemoryVault(), redactor);
  const records = new InMemoryMcpRecords();
  const host = new ScriptedMcpHost();
  const asked = { records: 0, host: 0 };
  const taken: string[] = [];
  const checker = new JsonSchemaChecker(() => import('@cfworker/json-schema'));
  const ports: McpPorts = {
    records: async () => {
      asked.records += 1;
      return records;
    },
    host: async () => {
      asked.host += 1;
      return host;
    },
    checker,
    settings,
    secrets: vault,
    audit,
    system,
    redactor,
    pluginNames: async () => taken,
  };
  const shelf = new McpShelf(ports);
  const signal: AbortSignal = new AbortController().signal;
  /** Another process on the same home. */
  const anotherProcess = () => {
    const tools = new McpTools(ports);
    const toolbox = new Toolbox([], [], tools);
    const gate = new ToolGate({ toolbox, checker, audit, system, redactor, settings: DEFAULT_SETTINGS });
    let calls = 0;
    const events: TurnEvent[] = [];
    return {
      tools,
      toolbox,
      events,
      names: async () => (await toolbox.definitions()).map(({ name }) => name as string),
      /** Runs one call through the gate; the decision is the person's, yes once when absent. */
      run: async (tool: string, args: JsonObject = {}, decide?: ScriptedDecision, own: AbortSignal = signal): Promise<ToolMessage> => {
        calls += 1;
        return gate.run(
          { id: `call-${calls}` as CallId, tool: tool as ToolName, args },
          {
            conversation: 'conversation-1' as ConversationId,
            origin: { kind: 'terminal' },
            approver: new InMemoryApprover([decide ?? { outcome: 'allow', scope: 'once', by: 'person' }]),
            signal: own,
            messages: [userMessage('please')],
            refused: new Set(),
            report: (event) => events.push(event),
          },
        );
      },
    };
  };
  const offer = (name: string, tools: readonly McpTool[]): ScriptedMcpServer => {
    const server = new ScriptedMcpServer(tools);
    host.servers.set(name, server);
    return server;
  };
  return {
    ...anotherProcess(),
    anotherProcess,
    ports,
    shelf,
    records,
    host,
    asked,
    taken,
    audit,
    vault,
    settings,
    redactor,
    system,
    signal,
    /** Puts a server where it can be started. */
    offer,
    /** Adds a server that offers these tools, all of them seen, and forgets that it was started for that. */
    add: async (name: string, tools: readonly McpTool[], server: McpServer = mcpProgram(name)): Promise<ScriptedMcpServer> => {
      const scripted = offer(name, tools);
      await shelf.add(server, await shelf.inspect(server, signal));
      Object.assign(scripted, { started: 0, closed: 0 });
      scripted.desks.length = 0;
      Object.assign(asked, { records: 0, host: 0 });
      return scripted;
    },
    /** Makes the vault, open. */
    openVault: () => vault.create(new Secret('a passphrase of a test')),
    /** The events in the security log about MCP servers. */
    written: () => audit.entries.filter(({ event }) => event.startsWith('mcp-')).map(({ event, detail }) => ({ event, detail })),
  };
}

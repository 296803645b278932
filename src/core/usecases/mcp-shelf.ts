import { PyraError } from '../domain/errors.js';
import type { SecretName } from '../domain/identifiers.js';
import type { McpInspection, McpServerStatus } from '../domain/mcp-inspection.js';
import type { McpServer, McpServerName, McpToolClass } from '../domain/mcp-server.js';
import { isMcpServerName } from '../domain/mcp-server-name.js';
import { mcpServerSettings } from '../domain/mcp-settings.js';
import { isOwnName } from '../domain/own-names.js';
import type { SandboxTier } from '../domain/plugin.js';
import { rulesOfProvider, withoutRules } from '../domain/provider-rules.js';
import type { StandingRule } from '../domain/settings.js';
import { acceptedVerbs, recordAfterLook } from './mcp-acceptance.js';
import { checkClass, withServer } from './mcp-classes.js';
import { configuredServers, refuseUnknown, serverNamed } from './mcp-configured.js';
import { inspectionOf, lookAtServer, NOTHING_SEEN } from './mcp-looking.js';
import { markChanges } from './mcp-marking.js';
import type { McpPorts } from './mcp-ports.js';
import { reachOf } from './mcp-running-servers.js';
import { McpServerDesk } from './mcp-server-desk.js';
import { mcpServerStatus, missingSecrets } from './mcp-status.js';
import { fittingClasses } from './mcp-tool-fitness.js';
import { recordSecurityEvent } from './record-security-event.js';

/** The person's MCP servers: what front-ends do with them. Only a look starts a server, and ends it again. */
export class McpShelf {
  readonly #ports: McpPorts;

  constructor(ports: McpPorts) {
    this.#ports = ports;
  }

  /** The configured servers with their states, sorted by name. Starts nothing. */
  async list(): Promise<readonly McpServerStatus[]> {
    const { servers } = await configuredServers(this.#ports);
    return Promise.all(servers.map((server) => mcpServerStatus(this.#ports, server)));
  }

  /** One sentence for whatever in the settings of servers cannot be used. */
  async faults(): Promise<readonly string[]> {
    return (await configuredServers(this.#ports)).faults;
  }

  /** One configured server. Starts nothing. `not-found` names the nearest; `settings/invalid` when its settings cannot be used. */
  async status(name: string): Promise<McpServerStatus> {
    return mcpServerStatus(this.#ports, await serverNamed(this.#ports, name));
  }

  /** How strictly this machine keeps in servers that are programs. */
  async tier(): Promise<SandboxTier> {
    return (await this.#ports.host()).tier();
  }

  /** The secrets that the settings of a server name and the vault has not. */
  missingSecrets(server: McpServer): Promise<readonly SecretName[]> {
    return missingSecrets(this.#ports, server);
  }

  /**
   * Starts a server that need not be configured, sees what it offers, and ends it; stores nothing. One that is not configured finds its data
   * folder empty, and leaves none when it cannot be looked at. `mcp/unreachable`, `mcp/auth`, `vault/locked`, `not-found` for a secret that is
   * not in the vault.
   */
  async inspect(server: McpServer, signal: AbortSignal): Promise<McpInspection> {
    const own = new McpServerDesk(server, this.#ports);
    // What is only tried has no record that could say that it crashed.
    const desk = { secret: (name: SecretName) => own.secret(name), block: async () => undefined };
    await this.#forgetUnlessConfigured(server.name);
    try {
      return inspectionOf(server, await lookAtServer(this.#ports, server, desk, signal), NOTHING_SEEN);
    } catch (error) {
      await this.#forgetUnlessConfigured(server.name).catch(() => undefined);
      throw error;
    }
  }

  /** Throws `usage` when a server cannot have such a name: it is none, or is taken. For whoever asks before a server is looked at. */
  async refuseName(name: string): Promise<void> {
    if (!isMcpServerName(name)) {
      throw new PyraError('usage', `${JSON.stringify(name.slice(0, 80))} is not a name for an MCP server`, {
        hint: 'a small letter first, then small letters, digits and dashes, at most 32: pyra mcp add my-files …',
      });
    }
    if (Object.hasOwn((await this.#ports.settings.load()).mcp.servers, name)) throw takenBy(name, 'another MCP server');
    if (await this.#isTaken(name)) throw takenBy(name, 'Pyra or a plugin');
  }

  /**
   * Configures a server. The tools of `seen`, an inspection of exactly this server that was shown, count as seen; without it nothing is
   * offered before somebody looked. `usage` when the name is taken or is none.
   */
  async add(server: McpServer, seen?: McpInspection): Promise<McpServerStatus> {
    const { name } = server;
    if (seen !== undefined) refuseOther(server, seen);
    await this.refuseName(name);
    const records = await this.#ports.records();
    if (seen === undefined) await this.#forgetUnlessConfigured(name);
    await this.#ports.settings.update((now) => {
      if (Object.hasOwn(now.mcp.servers, name)) throw takenBy(name, 'another MCP server');
      return { ...now, mcp: { ...now.mcp, servers: { ...now.mcp.servers, [name]: mcpServerSettings(server) } } };
    });
    const shown = seen ?? { server, title: '', tools: [], gone: [], faults: [] };
    const { record, accepted } = recordAfterLook(NOTHING_SEEN, shown, acceptedVerbs(shown, undefined), this.#digestOf);
    // Whatever was known of another server of that name is not known of this one.
    await records.update(name, () => record);
    await recordSecurityEvent(this.#ports, 'mcp-added', {
      server: name,
      kind: server.reach.kind,
      digest: this.#digestOf(reachOf(server)),
      tools: accepted.tools.map(({ verb, digest }) => ({ tool: verb, digest })),
    });
    return this.status(name);
  }

  /** Starts a configured server, also one that is blocked, sees what it offers, and ends it. What differs is marked in the record. */
  async look(name: string, signal: AbortSignal): Promise<McpInspection> {
    const server = await serverNamed(this.#ports, name);
    const looked = await lookAtServer(this.#ports, server, new McpServerDesk(server, this.#ports), signal);
    await markChanges(this.#ports, server.name, looked.listed, { personLooks: true });
    return inspectionOf(server, looked, await (await this.#ports.records()).load(server.name));
  }

  /**
   * Takes what an inspection showed for seen: all of it, or the tools of these verbs; lifts a block. A class that does not fit its tool any
   * more, or whose tool is gone, is dropped, so that the tool is `destructive` again. `usage` when the server is reached in another way now.
   */
  async accept(name: string, seen: McpInspection, verbs?: readonly string[]): Promise<McpServerStatus> {
    const server = await serverNamed(this.#ports, name);
    refuseOther(server, seen);
    const taken = acceptedVerbs(seen, verbs);
    await this.#dropClasses(server, this.#lostClasses(server, seen, taken));
    let after: ReturnType<typeof recordAfterLook> | undefined;
    let isUnblocked = false;
    await (await this.#ports.records()).update(server.name, (now) => {
      isUnblocked = now.blocked !== undefined;
      after = recordAfterLook(now, seen, taken, this.#digestOf);
      return after.record;
    });
    const { tools = [], gone = [] } = after?.accepted ?? {};
    await recordSecurityEvent(this.#ports, 'mcp-accepted', {
      server: name,
      tools: tools.map(({ verb, digest, before }) => ({ tool: verb, digest, ...(before === undefined ? {} : { before }) })),
      ...(gone.length === 0 ? {} : { gone }),
      ...(isUnblocked ? { unblocked: true } : {}),
    });
    return this.status(name);
  }

  /** Says what tools can do, by their verbs: all of them or none. `not-found` names the nearest tool; `usage`. */
  async classify(name: string, classes: Readonly<Record<string, McpToolClass>>): Promise<McpServerStatus> {
    const server = await serverNamed(this.#ports, name);
    const record = await (await this.#ports.records()).load(server.name);
    const given = Object.entries(classes);
    for (const [verb, one] of given) checkClass(server, record, verb, one);
    await this.#ports.settings.update((now) => withServer(now, server.name, (one) => ({ ...one, tools: { ...one.tools, ...classes } })));
    await recordSecurityEvent(this.#ports, 'mcp-classified', {
      server: name,
      tools: given.map(([verb, { effect, approval, destinations }]) => ({ tool: verb, effect, approval, destinations })),
    });
    return this.status(name);
  }

  /** Says when a server is started. */
  async setStart(name: string, start: McpServer['start']): Promise<McpServerStatus> {
    const server = await serverNamed(this.#ports, name);
    await this.#ports.settings.update((now) => withServer(now, server.name, (one) => ({ ...one, start })));
    await recordSecurityEvent(this.#ports, 'mcp-start-set', { server: name, start });
    return this.status(name);
  }

  /** Removes a server with what is known of it, what the person said of its tools, standing rules among that, and its data folder, also one whose settings cannot be used. Secrets stay in the vault. */
  async remove(name: string): Promise<void> {
    refuseUnknown(await this.#ports.settings.load(), name);
    const rules = await this.rulesFor(name);
    await this.#ports.settings.update((now) => {
      const { [name]: _removed, ...servers } = now.mcp.servers;
      return { ...withoutRules(now, rules), mcp: { ...now.mcp, servers } };
    });
    if (isMcpServerName(name)) await (await this.#ports.records()).remove(name);
    await recordSecurityEvent(this.#ports, 'mcp-removed', { server: name, ...(rules.length === 0 ? {} : { rules: rules.length }) });
  }

  /** The standing rules for the tools of a server, there or not; none where the name is another provider's. */
  async rulesFor(name: string): Promise<readonly StandingRule[]> {
    const found = rulesOfProvider(await this.#ports.settings.load(), name);
    return found.length === 0 || (await this.#isTaken(name)) ? [] : found;
  }

  /** Whether a name is that of a provider of other tools. */
  async #isTaken(name: string): Promise<boolean> {
    return isOwnName(name) || (await this.#ports.pluginNames()).includes(name);
  }

  /** What another server of that name left behind is nothing for this one: in its home a program finds settings and code. */
  async #forgetUnlessConfigured(name: McpServerName): Promise<void> {
    if (Object.hasOwn((await this.#ports.settings.load()).mcp.servers, name)) return;
    await (await this.#ports.records()).remove(name);
  }

  readonly #digestOf = (text: string): string => this.#ports.system.digest(text);

  /** The classes that would say something untrue once these tools are accepted. */
  #lostClasses(server: McpServer, { tools, gone }: McpInspection, taken: ReadonlySet<string>): readonly string[] {
    const { misfits } = fittingClasses(
      server,
      tools.filter(({ verb }) => taken.has(verb)),
    );
    return [...misfits, ...gone.filter((verb) => taken.has(verb) && Object.hasOwn(server.tools, verb))];
  }

  async #dropClasses(server: McpServer, verbs: readonly string[]): Promise<void> {
    if (verbs.length === 0) return;
    await this.#ports.settings.update((now) =>
      withServer(now, server.name, (one) => ({
        ...one,
        tools: Object.fromEntries(Object.entries(one.tools).filter(([verb]) => !verbs.includes(verb))),
      })),
    );
    await recordSecurityEvent(this.#ports, 'mcp-classified', {
      server: server.name,
      tools: verbs.map((tool) => ({ tool, dropped: true })),
    });
  }
}

/** Throws when a server was looked at that is reached in another way than this one. */
function refuseOther(server: McpServer, { server: seen }: McpInspection): void {
  if (reachOf(server) === reachOf(seen)) return;
  throw new PyraError('usage', `the MCP server ${server.name} is not the one that was looked at: its settings are others`, {
    hint: `look at it again: pyra mcp set ${server.name}`,
  });
}

function takenBy(name: McpServerName | string, whom: string): PyraError {
  return new PyraError('usage', `the name ${name} is taken by ${whom}`, { hint: 'choose another name: pyra mcp list, pyra plugin list' });
}

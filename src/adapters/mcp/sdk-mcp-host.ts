import { oneLine } from '../../core/domain/call-summary.js';
import { cleanOutput } from '../../core/domain/clean-output.js';
import type { McpAddress, McpServer } from '../../core/domain/mcp-server.js';
import type { SandboxTier } from '../../core/domain/plugin.js';
import { Redactor } from '../../core/domain/redaction.js';
import type { McpDesk, McpHost, OpenMcpServer } from '../../ports/mcp-host.js';
import type { System } from '../../ports/system.js';
import type { ProviderErrorLog } from '../support/provider-error-log.js';
import { OpenServer } from './open-server.js';
import { ProgramConnector } from './program-connection.js';
import type { ConnectsServer } from './server-connection.js';
import type { MakesSession } from './server-session.js';
import type { StartsServers } from './starts-servers.js';

/** What a host is made from. */
export interface SdkMcpHostParts {
  readonly launcher: StartsServers;
  /** Makes what reaches a server over HTTP. */
  readonly address: (server: McpServer & { readonly reach: McpAddress }, desk: McpDesk) => ConnectsServer;
  /** Loads the SDK, when a server is first started. */
  readonly session: () => Promise<MakesSession>;
  readonly system: Pick<System, 'now' | 'wait' | 'deadline'>;
  /** Takes secrets out of a text that a person reads. */
  readonly redact: (text: string) => string;
  /** The log of servers' errors. */
  readonly log: Pick<ProviderErrorLog, 'write' | 'flush'>;
}

const LONGEST_TEXT = 1_000;
/** So much is looked at, so that a secret at the end of what is shown is seen whole. */
const LOOKED_AT = 8_000;

/** Runs and reaches MCP servers with the official SDK's client. */
export class SdkMcpHost implements McpHost {
  readonly #parts: SdkMcpHostParts;

  constructor(parts: SdkMcpHostParts) {
    this.#parts = parts;
  }

  open(server: McpServer, desk: McpDesk): OpenMcpServer {
    const { session, system, redact, log } = this.#parts;
    const write = (text: string): void => log.write(server.name, text);
    const given = new Redactor();
    const remembering: McpDesk = {
      secret: async (name) => {
        const secret = await desk.secret(name);
        if (secret !== undefined) given.remember(secret);
        return secret;
      },
      block: (reason) => desk.block(reason),
    };
    return new OpenServer({
      server,
      desk,
      connector: this.#connector(server, remembering, write),
      given,
      session,
      system,
      // Twice: what is taken out of a text can join the parts of a secret.
      shown: (text) =>
        oneLine(redact(cleanOutput(redact(text.slice(0, LOOKED_AT)))))
          .slice(0, LONGEST_TEXT)
          .toWellFormed(),
      log: write,
      flush: () => log.flush(),
    });
  }

  tier(): Promise<SandboxTier> {
    return this.#parts.launcher.tier();
  }

  #connector(server: McpServer, desk: McpDesk, log: (text: string) => void): ConnectsServer {
    const { name, reach } = server;
    if (reach.kind === 'address') return this.#parts.address({ ...server, reach }, desk);
    return new ProgramConnector({ name, program: reach, desk, launcher: this.#parts.launcher, log });
  }
}

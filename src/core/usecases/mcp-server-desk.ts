import type { McpDesk } from '../../ports/mcp-host.js';
import { oneLine } from '../domain/call-summary.js';
import type { SecretName } from '../domain/identifiers.js';
import type { McpServer } from '../domain/mcp-server.js';
import type { Secret } from '../domain/secret.js';
import type { McpPorts } from './mcp-ports.js';
import { mcpSecretNames } from './mcp-secrets.js';
import { recordSecurityEvent } from './record-security-event.js';

const LONGEST_REASON = 300;

/** Gives one configured server the secrets that its settings name and no other, and remembers when it must not be run again. */
export class McpServerDesk implements McpDesk {
  readonly #server: McpServer;
  readonly #ports: McpPorts;

  constructor(server: McpServer, ports: McpPorts) {
    this.#server = server;
    this.#ports = ports;
  }

  async secret(name: SecretName): Promise<Secret | undefined> {
    return mcpSecretNames(this.#server).includes(name) ? this.#ports.secrets.get(name) : undefined;
  }

  async block(reason: string): Promise<void> {
    const { redactor, records, system } = this.#ports;
    const { name } = this.#server;
    const shown = redactor.redact(oneLine(redactor.redact(reason))).slice(0, LONGEST_REASON);
    await (await records()).update(name, (now) => ({ ...now, blocked: { reason: shown, at: system.now() } }));
    await recordSecurityEvent(this.#ports, 'mcp-blocked', { server: name, reason: shown });
  }
}

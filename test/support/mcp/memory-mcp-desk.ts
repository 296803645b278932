import { PyraError } from '../../../src/core/domain/errors.js';
import { Secret } from '../../../src/core/domain/secret.js';
import type { McpDesk } from '../../../src/ports/mcp-host.js';

/** A desk that remembers what it was asked: it has the secret `token`, and `locked` is in a vault that is locked. */
export class MemoryMcpDesk implements McpDesk {
  readonly asked: string[] = [];
  readonly blocks: string[] = [];

  async secret(name: string): Promise<Secret | undefined> {
    this.asked.push(name);
    if (name === 'locked') throw new PyraError('vault/locked', 'the vault is locked', { hint: 'open it first' });
    return name === 'token' ? new Secret('a-secret-token') : undefined;
  }

  async block(reason: string): Promise<void> {
    this.blocks.push(reason);
  }
}

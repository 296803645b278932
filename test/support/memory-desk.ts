import { PyraError } from '../../src/core/domain/errors.js';
import type { PluginSettings } from '../../src/core/domain/plugin.js';
import { Secret } from '../../src/core/domain/secret.js';
import type { PluginDesk } from '../../src/ports/plugin-host.js';

/** A desk that remembers what it was asked: it has the secret `token`, and `locked` is in a vault that is locked. */
export class MemoryDesk implements PluginDesk {
  readonly asked: string[] = [];
  readonly stored: [name: string, value: string][] = [];
  readonly blocks: string[] = [];
  answers: PluginSettings = { main: { user: 'alice' } } as unknown as PluginSettings;

  async secret(name: string): Promise<Secret | undefined> {
    this.asked.push(name);
    if (name === 'locked') throw new PyraError('vault/locked', 'the vault is locked', { hint: 'open it first' });
    return name === 'token' ? new Secret('a-secret-token') : undefined;
  }

  async setSecret(name: string, value: Secret): Promise<void> {
    if (name !== 'token') throw new PyraError('usage', `the manifest does not name the secret ${name}`);
    this.stored.push([name, value.reveal()]);
  }

  async settings(): Promise<PluginSettings> {
    return this.answers;
  }

  async block(reason: string): Promise<void> {
    this.blocks.push(reason);
  }
}

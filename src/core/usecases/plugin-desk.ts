import type { AuditLog } from '../../ports/audit-log.js';
import type { PluginDesk } from '../../ports/plugin-host.js';
import type { PluginLibrary, PluginSettingsStore } from '../../ports/plugin-library.js';
import type { System } from '../../ports/system.js';
import type { SecretStore } from '../../ports/vault.js';
import { PyraError } from '../domain/errors.js';
import type { PluginSettings } from '../domain/plugin.js';
import type { PluginManifest } from '../domain/plugin-manifest.js';
import { pluginSecretName } from '../domain/plugin-secret-name.js';
import type { Redactor } from '../domain/redaction.js';
import type { Secret } from '../domain/secret.js';
import { recordSecurityEvent } from './record-security-event.js';

/** What a desk works with. */
export interface DeskPorts {
  readonly library: () => Promise<PluginLibrary>;
  readonly store: () => Promise<PluginSettingsStore>;
  readonly secrets: SecretStore;
  readonly audit: AuditLog;
  readonly system: System;
  readonly redactor: Redactor;
}

/** Gives one plugin what its manifest names and nothing else; what it stores is written down by name. */
export class DeclaredDesk implements PluginDesk {
  readonly #manifest: PluginManifest;
  readonly #ports: DeskPorts;

  constructor(manifest: PluginManifest, ports: DeskPorts) {
    this.#manifest = manifest;
    this.#ports = ports;
  }

  async secret(name: string): Promise<Secret | undefined> {
    const full = pluginSecretName(this.#manifest, name);
    return full === undefined ? undefined : this.#ports.secrets.get(full);
  }

  async setSecret(name: string, value: Secret): Promise<void> {
    const full = pluginSecretName(this.#manifest, name);
    if (full === undefined) throw new PyraError('usage', 'the manifest of the plugin does not name this secret');
    await this.#ports.secrets.set(full, value);
    await recordSecurityEvent(this.#ports, 'plugin-secret-stored', { plugin: this.#manifest.name, secret: full });
  }

  async settings(): Promise<PluginSettings> {
    return (await this.#ports.store()).load(this.#manifest.name);
  }

  async block(reason: string): Promise<void> {
    const { name, version } = this.#manifest;
    const shown = this.#ports.redactor.redact(reason);
    await (await this.#ports.library()).mark(name, { blocked: shown });
    await recordSecurityEvent(this.#ports, 'plugin-blocked', { plugin: name, version, reason: shown });
  }
}

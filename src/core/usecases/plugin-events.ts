import type { AuditLog } from '../../ports/audit-log.js';
import type { System } from '../../ports/system.js';
import type { JsonObject } from '../domain/json.js';

/** What the security log says about plugins. */
export type PluginEvent =
  | 'plugin-installed'
  | 'plugin-updated'
  | 'plugin-enabled'
  | 'plugin-disabled'
  | 'plugin-removed'
  | 'plugin-blocked'
  | 'plugin-setup'
  | 'plugin-account-removed'
  | 'plugin-secret-stored';

/** Writes down what was done with a plugin: names, versions and digests, never an answer or a secret. */
export async function recordPluginEvent(
  { audit, system }: { readonly audit: AuditLog; readonly system: System },
  event: PluginEvent,
  detail: JsonObject,
): Promise<void> {
  await audit.append({ log: 'security', event, at: system.now(), detail });
}

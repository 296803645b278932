import { isSecretName, type SecretName } from './identifiers.js';
import type { PluginAccount, PluginManifest, SetupQuestion } from './plugin-manifest.js';

const PER_ACCOUNT = /^[a-z][a-z0-9-]{0,31}\.([a-z][a-z0-9_]*)$/;

/**
 * The vault's name for what a plugin calls `token` or `main.password`; `undefined` unless its manifest names it. `*.password` stands for one
 * per account.
 */
export function pluginSecretName({ name, secrets }: Pick<PluginManifest, 'name' | 'secrets'>, own: string): SecretName | undefined {
  const key = PER_ACCOUNT.exec(own)?.[1];
  const declared = key === undefined ? /^[a-z]/.test(own) && secrets.includes(own) : secrets.includes(`*.${key}`);
  const full = `${secretPrefix(name)}${own}`;
  return declared && isSecretName(full) ? full : undefined;
}

/** What a plugin calls the secret that a question asks for. */
export function ownSecretName({ accounts }: Pick<PluginManifest, 'accounts'>, account: PluginAccount, { key }: SetupQuestion): string {
  return accounts ? `${account}.${key}` : key;
}

/** What the vault's names of all secrets of a plugin begin with. */
export function secretPrefix(name: string): string {
  return `plugin:${name}:`;
}

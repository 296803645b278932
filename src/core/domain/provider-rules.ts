import type { Settings, StandingRule } from './settings.js';

/** The standing rules for the tools of a provider, by the first half of their names. */
export function rulesOfProvider({ security }: Settings, provider: string): readonly StandingRule[] {
  return security.rules.filter(({ tool }) => tool.startsWith(`${provider}.`));
}

/** The settings without these rules: they would hold for another provider of the same name. */
export function withoutRules(settings: Settings, gone: readonly StandingRule[]): Settings {
  const rules = settings.security.rules.filter(({ tool }) => !gone.some((rule) => rule.tool === tool));
  return { ...settings, security: { ...settings.security, rules } };
}

import type { JsonValue } from '../../core/domain/json.js';
import { type NetPart, parseNetRule } from '../../core/domain/net-rule.js';
import type { PluginAnswers, PluginSettings } from '../../core/domain/plugin.js';
import type { PluginManifest } from '../../core/domain/plugin-manifest.js';
import { type EgressRule, ruleAt } from '../support/sandbox/egress-rules.js';

/** The rules of a manifest with the answers of every account in them. What an answer leaves open, or is no host or port, gives no rule. */
export function netRules(manifest: PluginManifest, settings: PluginSettings): readonly EgressRule[] {
  const accounts = Object.values(settings);
  const rules = manifest.permissions.net.flatMap((text) =>
    (accounts.length > 0 ? accounts : [{}]).flatMap((answers) => ruleOf(text, manifest, answers) ?? []),
  );
  const unique = new Map(rules.map((rule) => [`${rule.host} ${rule.port} ${rule.configured}`, rule]));
  return [...unique.values()];
}

function ruleOf(text: string, manifest: PluginManifest, answers: PluginAnswers): EgressRule | undefined {
  const rule = parseNetRule(text);
  if (rule === undefined) return undefined;
  if (rule.kind === 'url') return ruleOfUrl(answers[rule.key]);
  const configured = rule.host.kind === 'setting' && isOpenQuestion(manifest, rule.host.key);
  const host = valueIn(rule.host, answers);
  const port = Number(valueIn(rule.port, answers));
  return host === undefined ? undefined : ruleAt(host, port, rule.host.kind === 'literal', configured);
}

function ruleOfUrl(value: JsonValue | undefined): EgressRule | undefined {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  return ruleAt(url.hostname, Number(url.port || (url.protocol === 'https:' ? 443 : 80)), false, true);
}

/** The answers to choose from are the manifest's own words, not the person's. */
function isOpenQuestion(manifest: PluginManifest, key: string): boolean {
  return manifest.setup.some((question) => question.key === key && question.kind !== 'choice');
}

function valueIn(part: NetPart, answers: PluginAnswers): string | undefined {
  if (part.kind === 'literal') return part.text;
  const answer = answers[part.key];
  return typeof answer === 'string' || typeof answer === 'number' ? String(answer) : undefined;
}

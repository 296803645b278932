import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import type { JsonValue } from '../../core/domain/json.js';
import { type NetPart, parseNetRule } from '../../core/domain/net-rule.js';
import type { PluginAnswers, PluginSettings } from '../../core/domain/plugin.js';
import type { PluginManifest } from '../../core/domain/plugin-manifest.js';

/** One place that a plugin may connect to. */
export interface EgressRule {
  /** In lower case; an IPv6 address without brackets; a pattern is kept with its star: `*.example.org`. */
  readonly host: string;
  readonly port: number;
  /** Whether the person named the host, which then may be in a private network, and not the manifest alone. */
  readonly configured: boolean;
}

const NAME = /^[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_])?$/;

/** The rules of a manifest with the answers of every account in them. What an answer leaves open, or is no host or port, gives no rule. */
export function netRules(manifest: PluginManifest, settings: PluginSettings): readonly EgressRule[] {
  const accounts = Object.values(settings);
  const rules = manifest.permissions.net.flatMap((text) =>
    (accounts.length > 0 ? accounts : [{}]).flatMap((answers) => ruleOf(text, manifest, answers) ?? []),
  );
  const unique = new Map(rules.map((rule) => [`${rule.host} ${rule.port} ${rule.configured}`, rule]));
  return [...unique.values()];
}

/** The rule that allows a host and port, one by which the person named it before others; `host` is as {@link normalHost} gives it. */
export function ruleFor(rules: readonly EgressRule[], host: string, port: number): EgressRule | undefined {
  const fitting = rules.filter((rule) => rule.port === port && matches(rule.host, host));
  return fitting.find(({ configured }) => configured) ?? fitting[0];
}

/** A host in its one form: lower case, ASCII, no dot at the end, no brackets; undefined for what is none. */
export function normalHost(text: string): string | undefined {
  const bare = /^\[.*\]$/.test(text) ? text.slice(1, -1) : text;
  if (isIP(bare) === 4) return bare;
  if (isIP(bare) === 6) return bare.includes('%') ? undefined : new URL(`http://[${bare}]`).hostname.slice(1, -1);
  // It reads as a browser does, which cuts at some of these and drops others.
  if (/[\s\0-\x20\x7f/?#@\\:%<>^|[\]]/.test(bare)) return undefined;
  const ascii = domainToASCII(bare).replace(/\.$/, '');
  // What ends in a number is an IPv4 address in one of its strange forms.
  return NAME.test(ascii) && isIP(ascii) === 0 && !/\.\.|(?:^|\.)(?:\d+|0x[0-9a-f]*)$/.test(ascii) ? ascii : undefined;
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

function ruleAt(text: string, port: number, mayBePattern: boolean, configured: boolean): EgressRule | undefined {
  const pattern = mayBePattern && text.startsWith('*.');
  const host = normalHost(pattern ? text.slice(2) : text.trim());
  if (host === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  return { host: pattern ? `*.${host}` : host, port, configured };
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

function matches(rule: string, host: string): boolean {
  return rule.startsWith('*.') ? host.endsWith(rule.slice(1)) : rule === host;
}

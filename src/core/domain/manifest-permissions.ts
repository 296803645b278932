import { ManifestReader } from './manifest-reader.js';
import { type NetPart, parseNetRule } from './net-rule.js';
import type { PluginPermissions, SetupKind, SetupQuestion } from './plugin-manifest.js';

const FOLDER = { most: 500, pattern: /^(?!.*\/\.\.?(?:\/|$))(?:\/|~\/|~$)/, form: 'a folder: a path from / or ~/, without . and ..' };
const PROGRAM = {
  most: 200,
  pattern: /^(?!.*\/\.\.?(?:\/|$))(?:\/.+|[A-Za-z0-9_][A-Za-z0-9._+-]*)$/,
  form: 'a program: its name, or its path from /',
};
const SECRET = {
  most: 64,
  pattern: /^(?:\*\.)?[a-z][a-z0-9_]*$/,
  form: 'the name of a secret: password, or *.password for one per account',
};
const MAX_RULES = 64;

/** What a manifest asks for besides its own folder; every fault is added to `faults`. */
export function manifestPermissions(manifest: ManifestReader, questions: readonly SetupQuestion[], faults: string[]): PluginPermissions {
  const given = manifest.raw('permissions') ?? {};
  const reader = new ManifestReader(given, 'permissions', faults, ['read', 'write', 'run', 'net']);
  const net = reader.texts('net', MAX_RULES, { most: 300 });
  for (const [index, rule] of net.entries()) {
    const fault = netFault(rule, questions);
    if (fault !== undefined) reader.fault(`net.${index}`, fault);
  }
  return {
    read: reader.texts('read', MAX_RULES, FOLDER),
    write: reader.texts('write', MAX_RULES, FOLDER),
    run: reader.texts('run', MAX_RULES, PROGRAM),
    net,
  };
}

/** The secrets of a manifest, which every question for one must be among. */
export function manifestSecrets(manifest: ManifestReader, questions: readonly SetupQuestion[], accounts: boolean): readonly string[] {
  const secrets = manifest.texts('secrets', MAX_RULES, SECRET);
  for (const [index, name] of secrets.entries()) {
    if (name.startsWith('*.') && !accounts)
      manifest.fault(`secrets.${index}`, `${name} stands for one per account; this needs "accounts": true`);
  }
  for (const [index, { key, kind }] of questions.entries()) {
    if (kind !== 'secret' || key === '') continue;
    const name = accounts ? `*.${key}` : key;
    if (!secrets.includes(name)) manifest.fault(`setup.${index}`, `asks for a secret, so secrets must name ${name}`);
  }
  return secrets;
}

function netFault(text: string, questions: readonly SetupQuestion[]): string | undefined {
  const rule = parseNetRule(text);
  if (rule === undefined) {
    return 'must be host:port, *.example.org:port, {settings.KEY}:{settings.KEY} with questions in place of either, or {settings.KEY} for a url';
  }
  if (rule.kind === 'url') return settingFault(rule.key, ['url'], questions);
  return partFault(rule.host, ['text', 'choice'], questions) ?? partFault(rule.port, ['port', 'text', 'choice'], questions);
}

function partFault(part: NetPart, kinds: readonly SetupKind[], questions: readonly SetupQuestion[]): string | undefined {
  return part.kind === 'literal' ? undefined : settingFault(part.key, kinds, questions);
}

function settingFault(key: string, kinds: readonly SetupKind[], questions: readonly SetupQuestion[]): string | undefined {
  const question = questions.find((one) => one.key === key);
  if (question === undefined) return `{settings.${key}} names no question of setup`;
  return kinds.includes(question.kind)
    ? undefined
    : `{settings.${key}} is a question of the kind ${question.kind}; here it must be ${kinds.join(' or ')}`;
}

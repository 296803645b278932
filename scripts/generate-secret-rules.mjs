// Makes src/adapters/secret-patterns/secret-rules.ts from the rule file of gitleaks (config/gitleaks.toml, MIT licence):
//   node scripts/generate-secret-rules.mjs GITLEAKS.TOML VERSION
// Patterns are turned from RE2 into JavaScript; the part that gitleaks lets precede a keyword is left out, since only the secret is wanted.
import { readFileSync, writeFileSync } from 'node:fs';

const [file, version] = process.argv.slice(2);
if (file === undefined || version === undefined) {
  process.stderr.write('usage: node scripts/generate-secret-rules.mjs GITLEAKS.TOML VERSION\n');
  process.exit(2);
}

/** Reads the part of TOML that the rule file uses: tables, arrays of tables, strings, numbers and arrays of strings. */
function readRules(text) {
  const root = { rules: [], global: {} };
  let table = root;
  const source = text.replace(/^\s*#.*$/gm, '');
  const token = /\[\[(rules(?:\.allowlists)?)\]\]|\[(allowlist)\]|^(\w+)\s*=\s*/gm;
  for (let match = token.exec(source); match !== null; match = token.exec(source)) {
    const [, list, global, key] = match;
    if (list === 'rules') {
      table = { allowlists: [] };
      root.rules.push(table);
    } else if (list !== undefined) {
      table = {};
      root.rules.at(-1).allowlists.push(table);
    } else if (global !== undefined) table = root.global;
    else {
      const { value, end } = readValue(source, token.lastIndex);
      table[key] = value;
      token.lastIndex = end;
    }
  }
  return root;
}

function readValue(source, start) {
  if (source.startsWith("'''", start)) {
    const end = source.indexOf("'''", start + 3);
    return { value: source.slice(start + 3, end), end: end + 3 };
  }
  if (source[start] === '"') {
    const [raw] = /^"(?:\\.|[^"\\])*"/.exec(source.slice(start));
    return { value: JSON.parse(raw), end: start + raw.length };
  }
  if (source[start] === '[') {
    const values = [];
    let at = start + 1;
    for (;;) {
      at += /^[\s,]*/.exec(source.slice(at))[0].length;
      if (source[at] === ']') return { value: values, end: at + 1 };
      const { value, end } = readValue(source, at);
      values.push(value);
      at = end;
    }
  }
  const [raw] = /^[\w.]+/.exec(source.slice(start));
  return { value: Number(raw), end: start + raw.length };
}

/** A pattern of RE2 as one of JavaScript: inline flags become groups, named groups and character class names their plain forms. */
function toJavaScript(pattern) {
  const text = pattern
    .replace(/\(\?P<\w+>/g, '(?:')
    .replaceAll('[[:alnum:]]', '[A-Za-z0-9]')
    .replaceAll('\\z', '$')
    .replaceAll("[^:']", "[^:'\\n]")
    .replaceAll('[^:"]', '[^:"\\n]');
  let result = '';
  const open = [0];
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '\\') result += character + text[++index];
    else if (character === '[') {
      const end = classEnd(text, index);
      result += text.slice(index, end + 1);
      index = end;
    } else if (text.startsWith('(?i)', index)) {
      result += '(?i:';
      open[open.length - 1]++;
      index += 3;
    } else if (character === '(') {
      result += character;
      open.push(0);
    } else if (character === ')') result += ')'.repeat(open.pop() + 1);
    else if (character === '|' && open.at(-1) > 0) {
      // RE2 keeps an inline flag over the alternatives that follow it.
      result += `${')'.repeat(open.at(-1))}|${'(?i:'.repeat(open.at(-1))}`;
    } else result += character;
  }
  result += ')'.repeat(open[0]);
  new RegExp(result);
  return result;
}

function classEnd(text, start) {
  let index = start + 1;
  if (text[index] === '^') index++;
  if (text[index] === ']') index++;
  for (; text[index] !== ']'; index++) if (text[index] === '\\') index++;
  return index;
}

const LEAD = '[\\w.-]{0,50}?';
const OPERATOR = `(?:[ \\t\\w.-]{0,20})[\\s'"]{0,3}(?:=|>|:{1,3}=|\\|\\||:|=>|\\?=|,)[\\x60'"\\s=]{0,5}`;
const END = `(?:[\\x60'"\\s;]|\\\\[nr]|$)`;

/** Long runs are bounded where the original has no end in sight: what is looked at for one place must not grow with the text. */
function bounded(id, pattern) {
  if (id === 'private-key') return pattern.replace('{64,}?', '{64,16000}?');
  if (id.startsWith('curl-auth')) {
    const start = pattern.indexOf('(?:-');
    return pattern
      .slice(start)
      .replaceAll('{3,}', '{3,200}')
      .replaceAll('{8,}', '{8,500}')
      .replace(/\[\\w\$(\{\})?@\.-\]\+/g, '[\\w$$@.-]{1,200}');
  }
  if (id === 'nuget-config-password') return pattern.replace('(.{8,})', '([^"\\n]{8,300})').replaceAll('\\s*', '\\s{0,20}');
  if (id === 'freemius-secret-key') return pattern.replaceAll('\\s*', '\\s{0,20}');
  if (id === 'kubernetes-secret-yaml') {
    return '(?i)\\bdata:[ \\t]{0,20}\\r?\\n((?:[ \\t]{1,40}[\\w.-]{1,120}:[ \\t]{0,20}["\']?[a-z0-9+/]{4,20000}={0,2}["\']?[ \\t]{0,20}(?:\\r?\\n|$)){1,60})';
  }
  return pattern;
}

/** A word that must stand near a match, for rules whose original begins with it and then skips any text. */
const NEAR = { 'curl-auth-header': 'curl', 'curl-auth-user': 'curl', 'kubernetes-secret-yaml': 'secret' };
const KEYWORDS = {
  'curl-auth-header': ['-h', '--header'],
  'curl-auth-user': ['-u', '--user'],
  'kubernetes-secret-yaml': ['data:'],
};

/** Rules that begin with their keywords, and rules that do not, where {@link heads} cannot tell. */
const ANCHORED = new Set(['generic-api-key', 'aws-access-token']);
const NOT_ANCHORED = new Set(['sourcegraph-access-token']);

/** The literal beginnings that a pattern can have, in lower case; empty when that cannot be said. */
function heads(pattern) {
  let text = pattern;
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(/^(?:\\b|\(\?-?i:(?=[^|()]*\)?)|\((?!\?))/, '');
  }
  const group = /^\(\?(?:-?i)?:((?:[^()[\]\\]|\\[.-])*)\)/.exec(text);
  if (group !== null) return group[1].split('|').flatMap((part) => heads(part));
  const literal = /^(?:[\w\-~= <:%]|\\[.\-/])+/.exec(text);
  if (literal === null) return [''];
  const after = text[literal[0].length];
  const plain = literal[0].replaceAll('\\', '');
  return [(after === '?' || after === '*' || after === '{' ? plain.slice(0, -1) : plain).toLowerCase()];
}

function convert(rule) {
  const keywords = (KEYWORDS[rule.id] ?? rule.keywords).map((keyword) => keyword.toLowerCase());
  let pattern = bounded(rule.id, rule.regex).replaceAll(LEAD, '');
  const assigned = pattern.includes(OPERATOR);
  pattern = toJavaScript(pattern);
  const alternatives = heads(pattern.replace(/^\(\?i:/, ''));
  const anchored =
    ANCHORED.has(rule.id) ||
    (!NOT_ANCHORED.has(rule.id) &&
      alternatives.every((head) => head.length > 1 && keywords.some((keyword) => head.startsWith(keyword) || keyword.startsWith(head))));
  const flags = `${anchored ? 'a' : ''}${assigned ? 'v' : ''}`;
  const short = pattern.replaceAll(OPERATOR, '«').replaceAll(END, '»');
  return [rule.id, flags, rule.entropy ?? 0, rule.secretGroup ?? 0, keywords.join(','), NEAR[rule.id] ?? '', short].join('\t');
}

const quote = (text) => JSON.stringify(text);
const { rules, global } = readRules(readFileSync(file, 'utf8'));
const kept = rules.filter((rule) => rule.regex !== undefined);
const allowed = kept.flatMap((rule) =>
  rule.allowlists
    .filter((list) => list.paths === undefined && rule.id !== 'kubernetes-secret-yaml')
    .flatMap((list) => (list.regexes ?? []).map((regex) => [rule.id, list.regexTarget ?? 'secret', toJavaScript(regex)].join('\t'))),
);
const words = kept.flatMap((rule) => rule.allowlists.flatMap((list) => (list.stopwords ?? []).map((word) => word.toLowerCase())));
const wordsOf = kept.filter((rule) => rule.allowlists.some((list) => list.stopwords !== undefined)).map((rule) => rule.id);

const lines = [
  '// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are patterns of placeholders',
  `// Generated by scripts/generate-secret-rules.mjs from the rules of gitleaks ${version} (https://github.com/gitleaks/gitleaks).`,
  '// MIT License, Copyright (c) 2019 Zachary Rice; the full notice is in THIRD-PARTY-NOTICES.md. Do not edit by hand.',
  '',
  '/** Where the rules come from. */',
  `export const SECRET_RULES_SOURCE = { name: 'gitleaks', version: ${quote(version)}, licence: 'MIT' } as const;`,
  '',
  '/** What stands for `«` and `»` in the patterns: between a name and its value, and after the value. */',
  `export const BETWEEN_NAME_AND_VALUE = ${quote(OPERATOR)};`,
  '',
  '/** See {@link BETWEEN_NAME_AND_VALUE}. */',
  `export const AFTER_VALUE = ${quote(END)};`,
  '',
  '/** One rule a line: id, flags (`a`: a match begins at the keyword; `v`: a name with a value), least entropy, group of the secret, keywords, word that must be near, pattern. */',
  'export const SECRET_RULES: readonly string[] = [',
  ...kept.map((rule) => `  ${quote(convert(rule))},`),
  '];',
  '',
  '/** What is no secret, one a line: rule, what is looked at, pattern. */',
  'export const ALLOWED: readonly string[] = [',
  ...allowed.map((line) => `  ${quote(line)},`),
  '];',
  '',
  '/** What is no secret under any rule. */',
  'export const ALLOWED_ALWAYS: readonly string[] = [',
  ...global.regexes.map((regex) => `  ${quote(toJavaScript(regex))},`),
  '];',
  '',
  `/** Words that show that a match of ${wordsOf.join(', ')} is no secret. */`,
  `export const STOP_WORDS_OF: readonly string[] = [${wordsOf.map(quote).join(', ')}];`,
  '',
  '/** See {@link STOP_WORDS_OF}. */',
  'export const STOP_WORDS =',
  `  ${quote([...new Set(words)].join(' '))};`,
  '',
  '/** Words that no secret holds. */',
  `export const STOP_WORDS_ALWAYS: readonly string[] = ${JSON.stringify(global.stopwords)};`,
  '',
];
writeFileSync(new URL('../src/adapters/secret-patterns/secret-rules.ts', import.meta.url), lines.join('\n'));
process.stderr.write(`${kept.length} rules, ${allowed.length} exceptions\n`);

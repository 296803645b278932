import { PatternSecretDetector } from '../../src/adapters/secret-patterns/pattern-secret-detector.js';
import { SecretRule } from '../../src/adapters/secret-patterns/secret-rule.js';
import { SECRET_RULES } from '../../src/adapters/secret-patterns/secret-rules.js';
import { Redactor } from '../../src/core/domain/redaction.js';
import { Secret } from '../../src/core/domain/secret.js';
import { patternSampler, seededRandom } from '../../test/support/pattern-samples.js';
import type { SecurityBenchmark } from './data-folder.js';
import { countCases, type SecurityFigure } from './figure.js';
import { benignFamilies, readmes, type TextCase } from './text-families.js';

/** Secrets of each rule. */
const SAMPLES = 20;
/** Tries for one sample: chance may make one that the rule's own exceptions leave out (low entropy, a stop word). */
const TRIES = 200;

interface Planted {
  readonly id: string;
  readonly text: string;
  readonly secret: string;
}

/** Texts with one random secret each, made from every rule's own pattern. */
export function plantedSecrets(seed: number): { readonly planted: readonly Planted[]; readonly impossible: readonly string[] } {
  const random = seededRandom(seed);
  const planted: Planted[] = [];
  const impossible: string[] = [];
  for (const line of SECRET_RULES) {
    const rule = new SecretRule(line);
    const near = line.split('\t')[5] ?? '';
    const sample = patternSampler(rule.source, random);
    let made = 0;
    for (let attempt = 0; attempt < TRIES && made < SAMPLES; attempt++) {
      const secretText = sample();
      // Some rules count only in a text that names their service.
      const named = rule.keywords.some((keyword) => secretText.toLowerCase().includes(keyword));
      const text = `a line before\n${named ? '' : `${rule.keywords[0]}: `}${near === '' ? '' : `${near} `}${secretText}\na line after`;
      const secret = secretOf(rule, text);
      if (secret === undefined) continue;
      planted.push({ id: `${rule.id}/${made}`, text, secret });
      made++;
    }
    if (made === 0) impossible.push(rule.id);
  }
  return { planted, impossible };
}

/** The secret that a rule alone finds in a text, wherever that is. */
function secretOf(rule: SecretRule, text: string): string | undefined {
  for (let offset = 0; offset < text.length; offset++) {
    const match = rule.match(text, text.toLowerCase(), offset);
    if (match !== undefined) return text.slice(match.start, match.end);
    if (!rule.anchored) return undefined;
  }
  return undefined;
}

/** Harmless strings that look like secrets: digests, ids, versions, addresses, dates, encoded pictures. */
function lookAlikes(): readonly TextCase[] {
  const random = seededRandom(7);
  const digits = (alphabet: string, length: number): string =>
    Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
  const hex = (length: number): string => digits('0123456789abcdef', length);
  const base64 = (length: number): string => digits('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', length);
  const makers: Readonly<Record<string, () => string>> = {
    commit: () => `commit ${hex(40)}`,
    'short commit': () => `fixed in ${hex(7)}.`,
    sha256: () => `${hex(64)}  pyra-0.1.0.tgz`,
    md5: () => `md5sum ${hex(32)}`,
    uuid: () => `order ${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)} was shipped`,
    integrity: () => `"integrity": "sha512-${base64(86)}=="`,
    address: () => `https://example.org/articles/2026/${hex(8)}/a-long-title-of-an-article?page=${digits('123456789', 2)}`,
    mail: () => `Message-ID: <${digits('0123456789abcdef', 24)}@mail.example.org>`,
    moment: () => `2026-11-${digits('12', 1)}${digits('0123456789', 1)}T10:${digits('12345', 1)}0:00.000Z`,
    phone: () => `+49 30 ${digits('0123456789', 8)}`,
    picture: () => `data:image/png;base64,${base64(120)}`,
    version: () => `node ${digits('123456789', 2)}.${digits('0123456789', 2)}.${digits('0123456789', 1)}`,
    path: () => `/home/ana/projects/${digits('abcdefghijklmnopqrstuvwxyz', 12)}/src/index.ts`,
    iban: () => `IBAN DE${digits('0123456789', 20)}`,
  };
  return Object.entries(makers).flatMap(([name, make]) =>
    Array.from({ length: 50 }, (_, index) => ({ id: `${name}/${index}`, text: make() })),
  );
}

function released(): readonly { readonly id: string; readonly text: string; readonly secret: string }[] {
  const random = seededRandom(11);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!"#$%&/()=?+*~-_.:,;<>äöüß€ \\\'';
  const forms: Readonly<Record<string, (value: string, pad: string) => string>> = {
    raw: (value) => value,
    base64: (value, pad) => Buffer.from(`${pad}${value}after`).toString('base64'),
    base64url: (value, pad) => Buffer.from(`${pad}${value}after`).toString('base64url'),
    hex: (value) => Buffer.from(value).toString('hex'),
    HEX: (value) => Buffer.from(value).toString('hex').toUpperCase(),
    URL: (value) => encodeURIComponent(value),
    form: (value) => new URLSearchParams({ v: value }).toString().slice(2),
    JSON: (value) => JSON.stringify(value).slice(1, -1),
    reversed: (value) => [...value].reverse().join(''),
  };
  return Array.from({ length: 100 }, (_, number) => {
    const length = 8 + Math.floor(random() * 40);
    const secret = Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
    return Object.entries(forms).flatMap(([name, form]) =>
      ['', 'x', 'xy'].map((pad) => ({ id: `${number}/${name}/${pad.length}`, text: `: ${form(secret, pad)} .`, secret })),
    );
  }).flat();
}

/** D2: secrets that redaction leaves in a text, and harmless texts that it changes. */
export const redaction: SecurityBenchmark = {
  name: 'redaction',
  async figures({ data }) {
    const detector = new PatternSecretDetector();
    const byLook = new Redactor(detector);
    const { planted, impossible } = plantedSecrets(1);
    const values = released();
    const exact = new Redactor();
    for (const { secret } of values) exact.remember(new Secret(secret));
    const altered = ({ text }: TextCase): boolean => byLook.redact(text) !== text;
    const benign = benignFamilies(data).flatMap(({ name, cases }) => cases.map((item) => ({ ...item, id: `${name} ${item.id}` })));
    return [
      {
        kind: 'count',
        id: 'D2',
        name: 'rules that no secret could be made for',
        count: impossible.length,
        of: SECRET_RULES.length,
        target: 'none',
        cases: impossible,
      },
      countCases(
        { id: 'D2', name: 'secrets of every rule missed', target: 'none' },
        planted,
        ({ text, secret }) => byLook.redact(text).includes(secret),
        'held',
      ),
      countCases(
        { id: 'D2', name: 'released values missed, all forms', target: 'none' },
        values,
        ({ text }) => !exact.redact(text).includes('[redacted:vault]'),
        'held',
      ),
      countCases({ id: 'D2', name: 'harmless texts altered', target: 'none' }, benign, altered, 'held'),
      countCases({ id: 'D2', name: 'harmless look-alikes altered', target: 'none' }, lookAlikes(), altered, 'held'),
      countCases({ id: 'D2', name: 'READMEs altered (they show example keys)' }, readmes().cases, altered, 'held'),
      ...speed(byLook),
    ] satisfies readonly SecurityFigure[];
  },
};

function speed(redactor: Redactor): readonly SecurityFigure[] {
  const text = readmes()
    .cases.map((item) => item.text)
    .join('\n');
  const times = [1, 2, 3].map(() => {
    const start = performance.now();
    redactor.redact(text);
    return performance.now() - start;
  });
  return [
    {
      kind: 'quantity',
      id: 'D2',
      name: 'redaction by look, READMEs in one text',
      value: text.length / 1e3 / Math.min(...times),
      unit: 'MB/s',
    },
  ];
}

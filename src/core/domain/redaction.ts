import { HashedNeedles, type NeedleHit } from './hashed-needles.js';
import { isJsonObject, type JsonValue } from './json.js';
import type { Secret } from './secret.js';
import { secretForms } from './secret-forms.js';
import type { SecretRange } from './secret-range.js';
import { utf8Bytes } from './utf8.js';

/** Values of fewer UTF-8 bytes than this are not looked for: they would hit innocent text. */
export const SHORTEST_REDACTED_BYTES = 8;

const LONG_WINDOW = 8;
/** A value of eight bytes can be as short as three code units. */
const SHORT_WINDOW = 3;

/** How long and how broken up a form of a released value can be. */
export interface ReleasedShape {
  /** The most characters of any form. */
  readonly longest: number;
  /** The most white-space characters in any value. */
  readonly spaces: number;
}

/** Whatever finds secrets by their look; the port `SecretDetector` fits. */
export interface FindsSecrets {
  find(text: string): readonly SecretRange[];
}

/**
 * Takes secrets out of texts: every value that it was told of, in all forms of {@link secretForms}, and whatever the detector knows by its
 * look. It keeps hashes of the values, never the values.
 */
export class Redactor {
  readonly #detector: FindsSecrets | undefined;
  readonly #long = new HashedNeedles(LONG_WINDOW);
  readonly #short = new HashedNeedles(SHORT_WINDOW);
  #released: ReleasedShape | undefined;

  constructor(detector?: FindsSecrets) {
    this.#detector = detector;
  }

  /** Looks for this value from now on. Values under {@link SHORTEST_REDACTED_BYTES} bytes are left alone. */
  remember(secret: Secret): void {
    const value = secret.reveal();
    if (utf8Bytes(value).length < SHORTEST_REDACTED_BYTES) return;
    const forms = secretForms(value);
    for (const form of forms) (form.text.length < LONG_WINDOW ? this.#short : this.#long).add(form.text, form.blurredEdges);
    const { longest, spaces } = this.#released ?? { longest: 0, spaces: 0 };
    this.#released = {
      // Two characters more than the form, since those at the edges of base64 may belong to it.
      longest: Math.max(longest, ...forms.map(({ text }) => text.length + 2)),
      // Line ends may be written with two characters.
      spaces: Math.max(spaces, value.replace(/\r?\n/g, '\r\n').match(/\s/g)?.length ?? 0),
    };
  }

  /** What is known of the values that it was told of without knowing them; `undefined` while there is none. */
  get released(): ReleasedShape | undefined {
    return this.#released;
  }

  /** The text with `[redacted:RULE]` in place of each secret. */
  redact(text: string): string {
    const ranges = this.find(text);
    if (ranges.length === 0) return text;
    const parts: string[] = [];
    let from = 0;
    for (const range of ranges) {
      parts.push(text.slice(from, range.start), `[redacted:${range.rule}]`);
      from = range.end;
    }
    return parts.join('') + text.slice(from);
  }

  /** The same value with every string in it redacted, names of members too. */
  redactJson(value: JsonValue): JsonValue {
    if (typeof value === 'string') return this.redact(value);
    if (Array.isArray(value)) return value.map((item) => this.redactJson(item));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [this.redact(name), this.redactJson(member)]));
  }

  /** Where secrets stand, in order, not overlapping; a released value (rule `vault`) goes before what only looks like a secret. */
  find(text: string): readonly SecretRange[] {
    const exact = this.#exact(text);
    const looks = this.#detector?.find(text) ?? [];
    if (exact.length === 0) return looks;
    return merged([...exact, ...looks]);
  }

  /** The same for the values alone that it was told of. */
  findReleased(text: string): readonly SecretRange[] {
    return merged(this.#exact(text));
  }

  #exact(text: string): readonly SecretRange[] {
    return [...this.#long.find(text), ...this.#short.find(text)].map((hit) => exactRange(text, hit));
  }
}

const BASE64_CHARACTER = /[A-Za-z0-9+/_-]/;

function exactRange(text: string, hit: NeedleHit): SecretRange {
  let { start, end } = hit;
  if (hit.mark) {
    if (BASE64_CHARACTER.test(text.charAt(start - 1))) start--;
    if (BASE64_CHARACTER.test(text.charAt(end))) end++;
    while (text[end] === '=') end++;
  }
  return { start, end, rule: 'vault' };
}

function merged(ranges: readonly SecretRange[]): readonly SecretRange[] {
  const result: SecretRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last === undefined || range.start >= last.end) result.push(range);
    else {
      const rule = last.rule === 'vault' || range.rule === 'vault' ? 'vault' : last.rule;
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, range.end), rule };
    }
  }
  return result;
}

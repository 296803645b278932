import type { Validator } from '@cfworker/json-schema';
import type { JsonSchema, JsonValue } from '../../core/domain/json.js';
import type { SchemaChecker } from '../../ports/schema-checker.js';
import { faultSentences } from './fault-sentences.js';
import { runBriefly } from './run-briefly.js';
import { schemaFault } from './schema-fault.js';

/** The part of the validator's package that is used. */
interface Vendor {
  readonly Validator: new (schema: object, draft: '2020-12', shortCircuit: boolean) => Pick<Validator, 'validate'>;
}

/** An honest schema takes milliseconds; one with a hostile pattern, or with references that branch, would take years. */
const LONGEST_MS = 1_000;
/** In characters of the schema times characters of the value. */
const MOST_MEETINGS = 500_000;

/** Checks with `@cfworker/json-schema` (draft 2020-12), which generates no code; it is loaded at the first call. */
export class JsonSchemaChecker implements SchemaChecker {
  readonly #load: () => Promise<Vendor>;

  constructor(load: () => Promise<Vendor>) {
    this.#load = load;
  }

  async check(schema: JsonSchema, value: JsonValue): Promise<readonly string[]> {
    const broken = schemaFault(schema);
    if (broken !== undefined) return [`the schema is broken: ${broken}`];
    const { Validator } = await this.#load();
    let sentences: readonly string[];
    try {
      // The validator writes into the schema that it is given.
      const text = JSON.stringify(schema);
      const own = JSON.parse(text) as object;
      const check = (): 'valid' | readonly string[] => {
        const { valid, errors } = new Validator(own, '2020-12', false).validate(value);
        return valid ? 'valid' : faultSentences(errors);
      };
      const found = isSoonDone(text, JSON.stringify(value)) ? check() : runBriefly(check, LONGEST_MS);
      if (found === undefined) return ['the schema is broken: it takes too long to apply to this value'];
      if (found === 'valid') return [];
      sentences = found;
    } catch {
      return ['the schema is broken: it cannot be applied'];
    }
    return sentences.length > 0 ? sentences : ['the value does not fit'];
  }
}

/**
 * Whether a check takes microseconds for certain, so that nothing has to watch its time, which takes longer than the check: no pattern, no
 * format and no reference is in the schema, so each part of it meets each part of the value once.
 */
function isSoonDone(schema: string, value: string): boolean {
  return (
    value.length <= 2_000 &&
    schema.length * value.length <= MOST_MEETINGS &&
    !/"(?:pattern|patternProperties|format|\$(?!schema")\w+)"/.test(schema)
  );
}

import type { JsonSchema, JsonValue } from '../core/domain/json.js';

/** Checks values against JSON Schema, without generating code. */
export interface SchemaChecker {
  /** One sentence per fault, each naming the place (`to: must be a string`); empty when the value fits. A broken schema is a fault too. */
  check(schema: JsonSchema, value: JsonValue): Promise<readonly string[]>;
}

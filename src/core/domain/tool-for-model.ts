import type { JsonSchema } from './json.js';
import type { Redactor } from './redaction.js';
import type { ToolDefinition } from './tool.js';
import { fence } from './untrusted.js';

/**
 * A definition as the model is given it. What somebody else wrote about a tool is external text: its description is fenced, and every
 * secret is taken out of it and of its schema.
 */
export function toolForModel(definition: ToolDefinition, redactor: Redactor, boundary: () => string): ToolDefinition {
  const { describedBy, description, parameters } = definition;
  if (describedBy === undefined) return definition;
  return {
    ...definition,
    description: fence(redactor.redact(description), `what ${describedBy} says of its tool`, boundary()),
    parameters: redactor.redactJson(parameters) as JsonSchema,
  };
}

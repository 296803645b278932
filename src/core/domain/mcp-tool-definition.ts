import type { ToolName } from './identifiers.js';
import { canonicalJson, isJsonObject, type JsonSchema, type JsonValue } from './json.js';
import { hasArgument } from './manifest-schema.js';
import { mcpSchemaStructure } from './mcp-schema-structure.js';
import type { McpServer, McpToolClass, SeenMcpTool } from './mcp-server.js';
import { mcpToolProse } from './mcp-tool-prose.js';
import type { ToolDefinition } from './tool.js';

/** What a tool is of which the person said nothing. */
const UNCLASSIFIED: McpToolClass = { effect: 'destructive', approval: 'ask', destinations: [] };

/**
 * The most that one call may take, in seconds. Other clients wait for a minute without a sign of life, and longer while progress is reported;
 * the gate knows one limit for both, and long work (a build, a research) is what progress is reported for.
 */
const LONGEST_CALL = 300;

/** What the person said of a tool; `destructive` where nothing was said. */
export function mcpToolClass({ tools }: McpServer, verb: string): McpToolClass {
  return (Object.hasOwn(tools, verb) ? tools[verb] : undefined) ?? UNCLASSIFIED;
}

/**
 * A tool of an MCP server as the gate and the model get it: a schema that holds structure only, all the prose in the description, effect and
 * question as the person classified it. It is another tool as soon as the server says something else of it or is reached in another way.
 */
export function mcpToolDefinition(server: McpServer, seen: SeenMcpTool, cautions: readonly string[]): ToolDefinition {
  const structure = mcpSchemaStructure(seen.tool.parameters);
  // What was seen was read within the bounds; if a record says otherwise, nothing can be called by it.
  const parameters: JsonSchema = 'schema' in structure ? structure.schema : { type: 'object', properties: {}, additionalProperties: false };
  const { effect, approval, destinations, isClosed } = effective(mcpToolClass(server, seen.verb), parameters);
  return {
    name: `${server.name}.${seen.verb}` as ToolName,
    description: mcpToolProse(seen),
    parameters: isClosed ? { ...parameters, additionalProperties: false } : parameters,
    effect,
    destinations,
    approval,
    timeout: LONGEST_CALL,
    code: `${seen.digest} ${canonicalJson(server.reach as unknown as JsonValue)}`,
    describedBy: `the MCP server ${server.name}`,
    ...(cautions.length === 0 ? {} : { cautions }),
  };
}

/** Keywords by which a schema may allow arguments that `properties` does not name. */
const OPENING = ['patternProperties', 'allOf', 'anyOf', 'oneOf', 'not', 'if', 'dependentSchemas', '$ref', 'unevaluatedProperties'];

/**
 * The class with the destinations that really are arguments. A tool that sends and of which none is named has all arguments as such, and takes
 * no others (`isClosed`): one that nobody saw could say where it sends to. So does a tool whose destinations are named, unless its schema says that it
 * takes more. Where they cannot be told (none has a name, or one that is no path; the schema leaves open which there are), it is
 * `destructive`: then no grant covers a second call.
 */
function effective(
  { effect, approval, destinations }: McpToolClass,
  parameters: JsonSchema,
): McpToolClass & { readonly isClosed: boolean } {
  const named = destinations.filter((path) => hasArgument(parameters, path));
  const asked = effect === 'read' ? approval : 'ask';
  const opens = OPENING.some((keyword) => keyword in parameters);
  if (effect !== 'egress' || named.length > 0) {
    const isClosed = named.length > 0 && !opens && parameters.additionalProperties === undefined;
    return { effect, approval: asked, destinations: named, isClosed };
  }
  const all = isJsonObject(parameters.properties) ? Object.keys(parameters.properties) : [];
  const isOpen = opens || all.some((name) => /[.=,\s"]/.test(name));
  if (all.length === 0 || isOpen) return { ...UNCLASSIFIED, isClosed: false };
  return { effect, approval: asked, destinations: all, isClosed: true };
}

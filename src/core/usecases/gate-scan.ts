import { argumentLeaves } from '../domain/argument-paths.js';
import type { Finding } from '../domain/finding.js';
import { scanInbound, scanOutbound } from '../domain/injection-scan.js';
import type { JsonObject } from '../domain/json.js';
import type { Redactor } from '../domain/redaction.js';
import type { ToolDefinition } from '../domain/tool.js';

/** What a scan of a call's arguments gives. */
export interface ScannedArguments {
  /** The text that offsets of the findings count in. */
  readonly text: string;
  readonly findings: readonly Finding[];
  /** Whether an argument holds a value of the vault or what looks like a secret: such a call is always asked about. */
  readonly holdsSecret: boolean;
}

/** The stage *scan* of the arguments: as text that is read and, for tools that send, as text that leaves. */
export function scanArguments(definition: ToolDefinition, args: JsonObject, redactor: Redactor): ScannedArguments {
  const text = argumentLeaves(args)
    .flatMap(({ path, value }) => [...(path.includes('"') ? [path] : []), ...(typeof value === 'string' ? [value] : [])])
    .join('\n');
  const found = definition.effect === 'read' ? scanInbound(text) : [...scanInbound(text), ...scanOutbound(text)];
  const labels = new Map(found.map((finding) => [finding.label, finding]));
  const secret = redactor.find(text)[0];
  if (secret !== undefined) labels.set('secret-in-arguments', secretFinding(secret.start, secret.rule));
  return { text, findings: [...labels.values()], holdsSecret: secret !== undefined };
}

function secretFinding(offset: number, rule: string): Finding {
  const what = rule === 'vault' ? 'holds a value of the vault' : `holds what looks like a secret (${rule})`;
  return { label: 'secret-in-arguments', category: 'secret', message: `an argument ${what}`, offset };
}

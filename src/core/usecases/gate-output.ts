import { oneLine } from '../domain/call-summary.js';
import { bounded, cleanOutput } from '../domain/clean-output.js';
import type { Finding } from '../domain/finding.js';
import { frozenCopy } from '../domain/frozen-json.js';
import { scanInbound } from '../domain/injection-scan.js';
import type { JsonValue } from '../domain/json.js';
import type { Provenance } from '../domain/message.js';
import type { Redactor } from '../domain/redaction.js';
import { MAX_RESULT_CHARACTERS, type ToolOutcome } from '../domain/tool.js';
import type { FoundTool } from './toolbox.js';

/** A tool's answer after the stages *scan* and *redact*. */
export interface CheckedOutput {
  readonly outcome: ToolOutcome;
  readonly text: string;
  readonly data?: JsonValue;
  readonly provenance: Provenance;
  readonly findings: readonly Finding[];
  /** The text that the findings are about. */
  readonly scanned: string;
}

/** So much more than is kept is looked at, so that a secret at the cut is seen whole. */
const MARGIN = 65_536;
const DEPTH_OF_DATA = 8;
const LONGEST_SOURCE = 200;

/**
 * The answer of a tool as it may be stored and shown: bounded, without control characters, scanned, every secret taken out. A text that
 * cannot be checked is withheld. What is not an answer at all counts as a failure of the tool.
 */
export function checkOutput(output: unknown, found: FoundTool, redactor: Redactor): CheckedOutput {
  const given = read(output);
  const provenance = provenanceOf(given?.provenance, found);
  if (given === undefined) return ownText('failed', 'the tool broke: what it answered is not a text');
  try {
    const head = cleanOutput(given.text.slice(0, MAX_RESULT_CHARACTERS + MARGIN));
    const findings = scanInbound(head.slice(0, MAX_RESULT_CHARACTERS));
    const text = bounded(redactor.redact(head.slice(0, cutAt(head, redactor))), given.text.length);
    const data = dataOf(given.data, redactor);
    return { outcome: given.outcome, text, ...(data === undefined ? {} : { data }), provenance, findings, scanned: head };
  } catch {
    return ownText('withheld', 'withheld: the tool ran, but its answer could not be checked for secrets, so it is not shown');
  }
}

/** A text of Pyra's own in the place of an answer. */
export function ownText(outcome: ToolOutcome, text: string): CheckedOutput {
  return { outcome, text, provenance: { kind: 'own' }, findings: [], scanned: '' };
}

interface Given {
  readonly text: string;
  readonly data: unknown;
  readonly outcome: 'ok' | 'failed';
  readonly provenance: unknown;
}

function read(output: unknown): Given | undefined {
  try {
    const { text, data, outcome, provenance } = output as Record<string, unknown>;
    if (typeof text !== 'string' || (outcome !== undefined && outcome !== 'ok' && outcome !== 'failed')) return undefined;
    return { text, data, outcome: outcome ?? 'ok', provenance };
  } catch {
    return undefined;
  }
}

/** Where the kept part ends: never inside a secret. */
function cutAt(text: string, redactor: Redactor): number {
  if (text.length <= MAX_RESULT_CHARACTERS) return text.length;
  return (
    redactor.find(text).find(({ start, end }) => start < MAX_RESULT_CHARACTERS && end > MAX_RESULT_CHARACTERS)?.start ??
    MAX_RESULT_CHARACTERS
  );
}

/** Structured data that is too deep, too long or not JSON is left out: the text is what counts. */
function dataOf(given: unknown, redactor: Redactor): JsonValue | undefined {
  if (given === undefined) return undefined;
  let data: JsonValue;
  try {
    data = frozenCopy(given, DEPTH_OF_DATA);
  } catch {
    return undefined;
  }
  return JSON.stringify(data).length > MAX_RESULT_CHARACTERS ? undefined : redactor.redactJson(data);
}

/** Only what Pyra's own tools say about the origin of their text is believed; of others the source is named behind the tool. */
function provenanceOf(given: unknown, { own, definition }: FoundTool): Provenance {
  const { kind, source } = (typeof given === 'object' && given !== null ? given : {}) as { kind?: unknown; source?: unknown };
  if (own && kind === 'own') return { kind: 'own' };
  if (typeof source !== 'string' || source === '') return { kind: 'external', source: definition.name };
  return { kind: 'external', source: (own ? oneLine(source) : `${definition.name}: ${oneLine(source)}`).slice(0, LONGEST_SOURCE) };
}

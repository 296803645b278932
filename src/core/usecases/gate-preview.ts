import { oneLine } from '../domain/call-summary.js';
import { bounded, cleanOutput } from '../domain/clean-output.js';
import { isPyraError } from '../domain/errors.js';
import type { GatePorts, GateTurn } from './gate-turn.js';
import type { PreparedCall } from './prepared-call.js';
import { raceAbort } from './race-abort.js';

/** The person waits for the card. */
const TIMEOUT_MS = 20_000;
const LONGEST = 100_000;
const LONGEST_REASON = 400;
/** So much more is looked at, so that a secret at the cut is seen whole. */
const MARGIN = 65_536;
const UNKNOWN = 'it could not be computed beforehand what exactly this will do';

/** What the card can say about a call beforehand. */
export interface CallPreview {
  /** What the call would do, as the provider of the tool computed it: foreign text, cleaned and redacted. */
  readonly preview?: string;
  /** Why there is none although there should be. */
  readonly note?: string;
}

/**
 * Asks the provider of a tool with a preview what exactly a call would do. The question about the call is asked in any case: a provider that
 * breaks, hangs or has nothing to say only leaves the card without it.
 */
export async function previewOf({ found, call }: PreparedCall, turn: GateTurn, ports: GatePorts): Promise<CallPreview> {
  const { provider, definition } = found;
  if (definition.preview !== true || provider.preview === undefined) return {};
  const deadline = ports.system.deadline([turn.signal], TIMEOUT_MS);
  try {
    const raced = await raceAbort(async () => provider.preview?.(call.tool, call.args, deadline.signal), deadline.signal);
    if (raced.kind === 'threw' && isPyraError(raced.error)) {
      const words = oneLine(ports.redactor.redact(cleanOutput(raced.error.message))).slice(0, LONGEST_REASON);
      return { note: `${UNKNOWN} (${provider.id}: ${words})` };
    }
    const text: unknown = raced.kind === 'value' ? raced.value : undefined;
    if (typeof text !== 'string' || text.trim() === '') return { note: UNKNOWN };
    return { preview: bounded(ports.redactor.redact(cleanOutput(text.slice(0, LONGEST + MARGIN))), text.length, LONGEST) };
  } catch {
    return { note: UNKNOWN };
  } finally {
    deadline.dispose();
  }
}

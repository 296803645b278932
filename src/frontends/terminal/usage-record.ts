import { closeSync, constants, fchmodSync, openSync, writeSync } from 'node:fs';
import { homePaths } from '../../adapters/support/home-paths.js';
import type { ModelRef, TokenUsage } from '../../core/domain/model.js';
import { usageCost } from '../../core/domain/model-price.js';

/** One turn in `state/usage.jsonl`: numbers only, nothing of what was said. */
export interface UsageRecord {
  readonly at: string;
  readonly by: 'chat' | 'ask';
  readonly provider: string;
  readonly model: string;
  readonly input: number;
  readonly output: number;
  readonly estimated?: true;
  /** In US dollars, at the price of that day; absent where the price is not known. */
  readonly cost?: number;
}

/** Counts one turn. A count is no reason to fail: what cannot be written is lost. */
export function recordUsage(
  home: string,
  turn: { readonly by: UsageRecord['by']; readonly model: ModelRef; readonly usage: TokenUsage; readonly at: string },
): void {
  const { provider, model } = turn.model;
  const { inputTokens: input, outputTokens: output, estimated } = turn.usage;
  if (input === 0 && output === 0) return;
  const cost = usageCost(provider, model, turn.usage);
  const record: UsageRecord = {
    at: turn.at,
    by: turn.by,
    provider,
    model,
    input,
    output,
    ...(estimated === undefined ? {} : { estimated }),
    ...(cost === undefined ? {} : { cost }),
  };
  try {
    // One write of one short line: the system appends it whole, whoever else appends.
    const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
    const descriptor = openSync(homePaths(home).usage, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
    try {
      fchmodSync(descriptor, 0o600);
      writeSync(descriptor, `${JSON.stringify(record)}\n`);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // See above.
  }
}

import type { Secret } from '../../core/domain/secret.js';

/** Keys as the providers of the table write them, whole or partly starred out, and bearer headers. */
const KEYS = /\b(?:bearer\s+|(?:sk|pk|gsk|xai|rk|key)[-_])[\w*.•…-]{4,}|\bAIza[\w*-]{4,}|[\w-]*[*•]{3,}[\w-]*/gi;

/** What a server said, fit for an error message: without these secrets and what looks like one, on one line, at most 300 characters. */
export function withoutSecrets(text: string, secrets: readonly Secret[]): string {
  let safe = text;
  for (const secret of secrets) {
    const value = secret.reveal();
    for (const form of [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), Buffer.from(value).toString('base64')]) {
      if (form.length > 0) safe = safe.replaceAll(form, '[key]');
    }
  }
  safe = safe.replace(KEYS, '[key]').replace(/\s+/g, ' ').trim();
  return safe.length > 300 ? `${safe.slice(0, 299)}…` : safe;
}

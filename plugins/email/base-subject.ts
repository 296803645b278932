/** How mail programs mark answers and forwarded messages, in the languages that are common here. */
const PREFIX = /^\s*(?:re|aw|antw|sv|vs|fwd?|wg|tr|rif|r)\s*(?:\[\d+\])?\s*:\s*/i;

/** A subject without the marks of answers and forwarding, in one form, and whether it had any. */
export function baseSubject(subject: string): { readonly base: string; readonly marked: boolean } {
  let rest = subject.replace(/\s+/g, ' ').trim();
  let marked = false;
  for (let match = PREFIX.exec(rest); match !== null; match = PREFIX.exec(rest)) {
    rest = rest.slice(match[0].length);
    marked = true;
  }
  return { base: rest.toLowerCase(), marked };
}

import { visible } from '../../core/domain/untrusted.js';

/** A foreign text as one line in which nothing is obeyed by a terminal. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll('\n', '⏎').replaceAll('\t', ' ');
}

import { visible } from '../../core/domain/untrusted.js';

/** Emoji may be joined and varied by characters that are unseen elsewhere. */
const EMOJI = /^\p{Extended_Pictographic}(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f)*$/u;

/** What the person edits, as it is shown: unseen characters escaped, emoji whole. */
export function editableText(text: string): string {
  return EMOJI.test(text) ? text : visible(text);
}

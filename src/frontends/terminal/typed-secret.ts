import { LineEditor } from '../../adapters/support/terminal/line-editor.js';
import { isSecretName } from '../../core/domain/identifiers.js';
import { Secret } from '../../core/domain/secret.js';
import { visible } from '../../core/domain/untrusted.js';
import type { ChatState } from './chat-state.js';

/**
 * What becomes of a message in which a secret was typed: `send` = as it is; otherwise it is not sent, and `draft` is what goes back into the
 * edit line. The secret itself is never printed.
 */
export type TypedSecret = { readonly kind: 'send' } | { readonly kind: 'keep'; readonly draft: string };

/** Asks the person about the secrets in a message: send it, store the secret in the vault instead, or cancel. */
export async function askAboutSecret(chat: ChatState, text: string): Promise<TypedSecret> {
  const ranges = chat.pyra.redactor.find(text);
  const [first] = ranges;
  if (first === undefined) return { kind: 'send' };
  const rules = [...new Set(ranges.map(({ rule }) => rule))].join(', ');
  chat.say(
    chat.paint.yellow(`this looks like a secret (${visible(rules)}), and it would go to the model and into the stored conversation`),
  );
  const key = await chat.choose('[s] send it  [v] store it in the vault instead  [c] cancel', ['s', 'v', 'c']);
  if (key === 's') return { kind: 'send' };
  if (key !== 'v') return { kind: 'keep', draft: text };
  const answer = await new LineEditor(chat.console, visible).read({ prompt: 'name in the vault: ', signal: chat.signal });
  const name = answer.kind === 'line' ? answer.text.trim() : '';
  if (name === '' || !isSecretName(name)) {
    if (name !== '') chat.say('a secret is named with letters, digits and . _ : @ + -');
    return { kind: 'keep', draft: text };
  }
  if ((await chat.pyra.vault.names()).includes(name)) {
    chat.say(`there is a secret of that name already: pyra vault set ${name} replaces it`);
    return { kind: 'keep', draft: text };
  }
  await chat.pyra.vault.set(name, new Secret(text.slice(first.start, first.end)));
  chat.say(`stored as ${name}; the message in the edit line names it instead`);
  return { kind: 'keep', draft: `${text.slice(0, first.start)}[secret ${name} in the vault]${text.slice(first.end)}` };
}

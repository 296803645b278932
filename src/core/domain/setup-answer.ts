import type { SetupQuestion } from './plugin-manifest.js';
import { visible } from './untrusted.js';

const MAX_ANSWER_CHARACTERS = 2_000;
const HOST = /^(?:\[[0-9a-f:.]+\]|[^\s/?#@:[\]]+)(?::(\d{1,5}))?$/i;

/**
 * What is wrong with an answer by the kind of its question, as a sentence behind its key; `undefined` when nothing is. An answer to `secret`
 * is looked at only for its length; its value is in no sentence.
 */
export function setupAnswerFault({ kind, choices = [] }: Pick<SetupQuestion, 'kind' | 'choices'>, answer: string): string | undefined {
  if (kind === 'secret') return answer.length > 65_536 ? 'is longer than 64 KB' : undefined;
  if (answer.length > MAX_ANSWER_CHARACTERS) return `is longer than ${MAX_ANSWER_CHARACTERS.toLocaleString('en')} characters`;
  if (visible(answer) !== answer || /[\n\t]/.test(answer)) return 'holds control characters or characters that cannot be seen';
  switch (kind) {
    case 'choice':
      return choices.includes(answer) ? undefined : `must be ${choices.join(', ')}`;
    case 'port':
      return /^\d{1,5}$/.test(answer) && Number(answer) >= 1 && Number(answer) <= 65_535 ? undefined : 'must be a port from 1 to 65535';
    case 'boolean':
      return /^(?:true|false|yes|no)$/i.test(answer) ? undefined : 'must be yes or no';
    case 'url':
      return urlFault(answer);
    default:
      return undefined;
  }
}

/** The form in which an answer of the right kind is kept: ports as numbers, yes and no as booleans. */
export function storedAnswer({ kind }: Pick<SetupQuestion, 'kind'>, answer: string): string | number | boolean {
  if (kind === 'port') return Number(answer);
  if (kind === 'boolean') return /^(?:true|yes)$/i.test(answer);
  return answer;
}

/** The core has no URL of the platform: this is what an address of a server needs, and nothing that could surprise. */
function urlFault(answer: string): string | undefined {
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(answer) ?? [];
  if (scheme === undefined || !/^https?$/i.test(scheme)) return 'must begin with https:// or http://';
  if (/\s/.test(rest)) return 'must not hold spaces';
  const authority = rest.split(/[/?#]/)[0] as string;
  if (authority.includes('@')) return 'must not hold a user name or a password: there are questions of their own for these';
  const match = HOST.exec(authority);
  if (match === null) return 'must name a server, such as https://cloud.example.org';
  const [, port] = match;
  return port === undefined || (Number(port) >= 1 && Number(port) <= 65_535) ? undefined : 'must have a port from 1 to 65535';
}

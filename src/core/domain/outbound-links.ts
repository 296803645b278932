import type { Finding } from './finding.js';

const LINK =
  /(!?)\[([^\]\n]{0,400})\]\(\s{0,9}<?([^\s)>]{1,4000})|<(img|iframe|a|source|video|audio|embed|object|link|script|form)\b[^>]{0,400}?\b(?:src|href|action|data)\s{0,9}=\s{0,9}["']?([^\s"'>]{1,4000})|^\s{0,3}\[[^\]\n]{1,200}\]:\s{0,9}<?(\S{1,4000})|\bhttps?:\/\/[^\s<>"'`)\]]{1,4000}/gim;

/** Names of parameters that tell that a value is data and not an address. */
const DATA_NAMES =
  /^(?:data|payload|secret|token|password|passwd|msg|message|text|content|exfil|leak|body|conversation|history|prompt|dump|info|memory|notes?|cookies?|creds?|credentials|email|mail|summary|chat|log|env)$/i;

interface Limits {
  /** A value of a parameter of this length counts as data. */
  readonly value: number;
  /** A part of the path of this length, with letters and digits mixed, counts as data. */
  readonly segment: number;
}

/** Images are fetched without a click, so less is enough. */
const IMAGE: Limits = { value: 24, segment: 32 };
const HYPERLINK: Limits = { value: 120, segment: 64 };

/** The places where a text for showing or sending carries data in an address, runs a script, or shows one address and goes to another. */
export function scanOutboundLinks(text: string): readonly Finding[] {
  const found: Finding[] = [];
  if (!text.includes('://') && !text.includes('](') && !text.includes('=') && !text.includes('<')) return found;
  for (const match of text.matchAll(LINK)) {
    const [whole, bang, label, target, tag, attribute, definition] = match;
    const address = (target ?? attribute ?? definition ?? whole).replaceAll('&amp;', '&');
    const image = bang === '!' || (tag !== undefined && !/^(?:a|form)$/i.test(tag));
    const offset = match.index;
    if (/^(?:javascript|vbscript|data:text\/html)/i.test(address)) {
      found.push({ label: 'active-link', category: 'exfiltration', message: 'holds a link that runs a script', offset });
    }
    if (!/^(?:https?:)?\/\//i.test(address)) continue;
    if (carriesData(address, image ? IMAGE : HYPERLINK)) {
      const kind = image ? 'image' : 'link';
      found.push({
        label: `data-in-${kind}`,
        category: 'exfiltration',
        message: `holds ${image ? 'an image' : 'a link'} whose address carries data`,
        offset,
      });
    }
    if (label !== undefined && !image && misleads(label, address)) {
      found.push({ label: 'misleading-link', category: 'concealment', message: 'shows one address and links to another', offset });
    }
  }
  return found;
}

function carriesData(address: string, limits: Limits): boolean {
  const [, host = '', path = '', query = ''] = /^(?:https?:)?\/\/([^/?#]*)([^?#]*)([\s\S]*)$/i.exec(address) ?? [];
  if (host.includes('@')) return true;
  if (host.split('.').some((part) => part.length >= 32)) return true;
  if (path.split('/').some((part) => isPacked(part, limits.segment))) return true;
  return query
    .split(/[?&#;]/)
    .filter((part) => part !== '')
    .some((part) => {
      const equals = part.indexOf('=');
      const name = equals < 0 ? '' : part.slice(0, equals);
      const value = part.slice(equals + 1);
      if (value.length >= limits.value || (DATA_NAMES.test(name) && value.length >= 6)) return true;
      return limits === IMAGE && (/(?:%[0-9a-f]{2}.*){3}|(?:\w\+){3}/i.test(value) || /\{\{|\$\{|<[a-z]/i.test(value));
    });
}

const COMMIT_OR_UUID = /^[0-9a-f]{40}$|^(?:\d{1,12}-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.[a-z0-9]{1,5})?$/i;

/** Whether a part of a path has a long run without dashes and dots that mixes letters and digits, or escapes: more than a name needs. */
function isPacked(part: string, least: number): boolean {
  if (part.length < least || COMMIT_OR_UUID.test(part)) return false;
  return part.split(/[-.,]/).some((run) => run.length >= least && ((/[a-z]/i.test(run) && /\d/.test(run)) || run.includes('%')));
}

function hostOf(address: string): string {
  return (/^(?:https?:)?\/\/(?:[^/?#@]*@)?([^/?#:]*)/i.exec(address)?.[1] ?? '').toLowerCase().replace(/^www\./, '');
}

/** Whether the shown text is an address of another host than the target. */
function misleads(label: string, address: string): boolean {
  const shown = /^\W{0,3}(?:https?:\/\/)?((?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,12})(?:[/:?#]\S*)?\W{0,3}$/i.exec(label.trim());
  if (shown === null) return false;
  const host = (shown[1] as string).toLowerCase().replace(/^www\./, '');
  const target = hostOf(address);
  return (
    target !== host &&
    !target.endsWith(`.${host}`) &&
    !host.endsWith(`.${target}`) &&
    (/^\W*https?:/i.test(label) || /\.(?:com|org|net|io|gov|edu|bank|de|uk)$/i.test(host))
  );
}

/** Last words of names under which secrets are kept. */
const NAMES = new Set(
  'apikey key token secret password passwd passphrase pass pwd credential credentials cookie authorization auth bearer pat jwt'.split(' '),
);

/** What tokens of well-known services, keys in PEM and signed tokens begin with. */
const BEGINNINGS =
  /(?:^|[\s=:"'/])(?:sk-[A-Za-z0-9_-]{12}|gh[opusr]_[A-Za-z0-9]{12}|github_pat_[A-Za-z0-9_]{12}|gl(?:pat|ptt)-[A-Za-z0-9_-]{10}|xox[abprs]-[A-Za-z0-9-]{10}|xapp-\d-|(?:AKIA|ASIA)[A-Z0-9]{12}|AIza[A-Za-z0-9_-]{20}|npm_[A-Za-z0-9]{20}|hf_[A-Za-z0-9]{16}|[rs]k_(?:live|test)_[A-Za-z0-9]{8}|ntn_[A-Za-z0-9]{20}|secret_[A-Za-z0-9]{20}|eyJ[A-Za-z0-9_-]{8,2000}\.eyJ|-----BEGIN [A-Z ]{0,30}PRIVATE KEY)/;
/** A password in an address: `postgres://name:password@host`. */
const IN_ADDRESS = /[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/@:]{0,200}:[^\s/@]{1,200}@/i;
/** A long row of characters as nobody would write it. */
const RANDOM = /(?:^|[\s=:,;"'])([A-Za-z0-9+/_-]{32,}={0,2})(?=$|[\s,;"'&])/g;

/** Whether a value that has such a name is most likely a secret: `API_KEY`, `X-Auth-Token`, `password`. Paths, flags and small numbers are none. */
export function isSecretNamed(name: string, value: string): boolean {
  if (/^\s*(?:$|true$|false$|yes$|no$|on$|off$|none$|\d{1,5}$|[~.]?\/)/i.test(value)) return false;
  const words = name
    .slice(0, 200)
    .replace(/([a-z0-9])(?=[A-Z])/g, '$1 ')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  return NAMES.has(words.at(-1) ?? '');
}

/** Whether a text most likely holds a secret, by its form alone. An alarm for what is written down in the clear, not a wall. */
export function isSecretLike(text: string): boolean {
  const looked = text.slice(0, 10_000);
  if (BEGINNINGS.test(looked) || IN_ADDRESS.test(looked)) return true;
  return [...looked.matchAll(RANDOM)].some(([, run = '']) => isMixed(run));
}

/** Letters of both kinds and digits, all over the place; or a long number in hex. Paths and sentences with dashes are neither. */
function isMixed(run: string): boolean {
  if (/^(?:[0-9a-f]{32,}|[0-9A-F]{32,})$/.test(run)) return /\d/.test(run) && /[a-f]/i.test(run);
  if (run.split(/[/_-]/).some((part) => part.length >= 20 && /[a-z]/.test(part) && /[A-Z]/.test(part) && /\d/.test(part))) return true;
  return false;
}

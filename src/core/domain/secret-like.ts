/** Last words of names under which secrets are kept. */
const NAMES = new Set(
  'apikey key token secret password passwd passphrase pass pwd credential credentials cookie authorization auth bearer pat jwt'.split(' '),
);

/** What tokens of well-known services, keys in PEM and signed tokens begin with. */
const BEGINNINGS =
  /(?:^|[\s=:"'/])(?:sk-[A-Za-z0-9_-]{12}|gh[opusr]_[A-Za-z0-9]{12}|github_pat_[A-Za-z0-9_]{12}|gl(?:pat|ptt)-[A-Za-z0-9_-]{10}|xox[abprs]-[A-Za-z0-9-]{10}|xapp-\d-|(?:AKIA|ASIA)[A-Z0-9]{12}|AIza[A-Za-z0-9_-]{20}|npm_[A-Za-z0-9]{20}|hf_[A-Za-z0-9]{16}|[rs]k_(?:live|test)_[A-Za-z0-9]{8}|ntn_[A-Za-z0-9]{20}|secret_[A-Za-z0-9]{20}|eyJ[A-Za-z0-9_-]{8,2000}\.eyJ|-----BEGIN [A-Z ]{0,30}PRIVATE KEY)/;
/** A password in an address: `postgres://name:password@host`. */
const IN_ADDRESS = /[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/@:]{0,200}:[^\s/@]{1,200}@/i;
/** A long row of characters as nobody would write it; what stands behind the name of a digest is none. */
const RANDOM = /(?:^|[\s=,;"']|(?<!sha\d{1,3}):)([A-Za-z0-9+/_-]{32,}={0,2})(?=$|[\s,;"'&])/g;
/** Last words of names under which such rows are kept that are no secrets. */
const IDENTIFIERS = /(?:id|ids|uuid|guid|hash|sha|sha1|sha256|digest|checksum|commit|ref|revision|version|fingerprint)$/;

/**
 * Whether a value most likely is, or holds, a secret: by its form, or by the name that it has (`API_KEY`, `X-Auth-Token`, `--password`).
 * An alarm for what is written down in the clear, not a wall.
 */
export function isSecretLike(value: string, name?: string): boolean {
  const looked = value.slice(0, 10_000);
  if (BEGINNINGS.test(looked) || IN_ADDRESS.test(looked)) return true;
  const last = name === undefined ? '' : lastWord(name);
  if (NAMES.has(last) && !isPlain(looked)) return true;
  if (IDENTIFIERS.test(last)) return false;
  return [...looked.matchAll(RANDOM)].some(([, run = '']) => isMixed(run) || (name !== undefined && isHex(run)));
}

function lastWord(name: string): string {
  const words = name.slice(0, 200).replace(/([a-z0-9])(?=[A-Z])/g, '$1 ');
  return (
    words
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((word) => word !== '')
      .at(-1) ?? ''
  );
}

/** Nothing, a flag, a small number, a path: what `USE_TOKEN` and `KEY_FILE` hold. */
function isPlain(value: string): boolean {
  return /^\s*(?:$|true$|false$|yes$|no$|on$|off$|none$|\d{1,5}$|[~.]?\/)/i.test(value);
}

function isHex(run: string): boolean {
  return /^(?:[0-9a-f]+|[0-9A-F]+)$/.test(run) && /\d/.test(run) && /[a-f]/i.test(run);
}

/** Letters of both kinds and digits, all over the place. Paths and sentences with dashes are not like that. */
function isMixed(run: string): boolean {
  return run.split(/[/_-]/).some((part) => part.length >= 20 && /[a-z]/.test(part) && /[A-Z]/.test(part) && /\d/.test(part));
}

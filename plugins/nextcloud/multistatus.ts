import { parseXML } from 'webdav';
import { parseEtag } from './etag.js';
import type { FileEntry } from './file-entry.js';
import { joinPath, type RemotePath } from './remote-path.js';

/** What the parser is told: names stay text, and the many `&quot;` of a long listing are no attack. */
const PARSING = {
  attributeNamePrefix: '@',
  attributeParsers: [],
  tagParsers: [(place: string, value: string) => (place.endsWith('.href') ? undefined : value)],
  entityDecoder: { limit: { maxTotalExpansions: 2_000_000, maxExpandedLength: 64_000_000 } },
};

/** What is listed of a folder, and of the folder itself. */
export interface Listing {
  readonly self: FileEntry;
  readonly entries: readonly FileEntry[];
  /** How many entries had a name that cannot be: not decodable, or with a slash in it. */
  readonly unreadable: number;
}

/**
 * Reads the answer to a PROPFIND with depth 0 or 1. Which response is the folder itself shows in the length of its address: a proxy may have
 * put another beginning before all of them.
 * @throws Error when it is no multistatus.
 */
export async function parseListing(xml: string, folder: RemotePath): Promise<Listing> {
  const { multistatus } = await parseXML(xml, PARSING);
  const responses = multistatus.response.map((response) => ({ parts: addressParts(String(response.href)), response }));
  const length = Math.min(...responses.map(({ parts }) => parts?.length ?? Number.POSITIVE_INFINITY));
  const own = responses.find(({ parts }) => parts?.length === length);
  if (own === undefined) throw new Error('a multistatus without a response');
  const others = responses.filter((response) => response !== own);
  const named = others.flatMap(({ parts, response }) => {
    const name = parts?.at(-1);
    return parts?.length === length + 1 && name !== undefined && isName(name) ? [entry(joinPath(folder, name), response)] : [];
  });
  return { self: entry(folder, own.response), entries: named, unreadable: others.length - named.length };
}

/** The addresses, decoded, of what a DELETE of a folder left behind (RFC 4918, 9.6.1). */
export async function parseKept(xml: string): Promise<readonly string[]> {
  const { multistatus } = await parseXML(xml, PARSING);
  return multistatus.response
    .filter(({ status }) => !/^HTTP\/\S+ [23]/.test(String(status ?? '')))
    .map(({ href }) => `/${addressParts(String(href))?.join('/') ?? ''}`);
}

type Response = Awaited<ReturnType<typeof parseXML>>['multistatus']['response'][number];

function entry(path: RemotePath, response: Response): FileEntry {
  const properties = response.propstat?.prop;
  const kind: unknown = properties?.resourcetype;
  const type = typeof kind === 'object' && kind !== null && 'collection' in kind ? 'folder' : 'file';
  const size = Number(properties?.getcontentlength ?? properties?.size ?? Number.NaN);
  const modified = new Date(String(properties?.getlastmodified ?? ''));
  const etag = parseEtag(properties?.getetag === undefined ? undefined : String(properties.getetag));
  const mediaType = properties?.getcontenttype;
  return {
    path,
    type,
    ...(Number.isFinite(size) ? { size } : {}),
    ...(Number.isNaN(modified.getTime()) ? {} : { modified: modified.toISOString() }),
    ...(etag === undefined ? {} : { etag }),
    ...(type === 'file' && typeof mediaType === 'string' && mediaType !== '' ? { mediaType } : {}),
  };
}

/** The decoded parts of an address, `undefined` when it cannot be decoded. */
function addressParts(href: string): readonly string[] | undefined {
  try {
    const parts = href.replace(/^https?:\/\/[^/]*/i, '').split('/');
    return parts.filter((part) => part !== '').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function isName(name: string): boolean {
  return name !== '.' && name !== '..' && !/[/\u0000]/.test(name);
}

/** Every text of the elements of a name, wherever they are, without their markup; for short answers. */
export function textsOf(xml: string, element: string): readonly string[] {
  const found = xml.matchAll(new RegExp(`<(?:[\\w-]+:)?${element}(?:\\s[^>]*)?>([\\s\\S]*?)</(?:[\\w-]+:)?${element}>`, 'g'));
  return [...found].map(([, content = '']) => plain(content)).filter((text) => text !== '');
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function plain(content: string): string {
  const text = content.replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, '$1').replace(/<[^>]*>/g, ' ');
  return text
    .replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name] ?? '')
    .replace(/\s+/g, ' ')
    .trim();
}

import { type DAVResponse, propfind } from 'tsdav';
import type { DavAccount } from './dav-account.js';
import { davRequest } from './dav-http.js';

/** The properties of one resource, by their names in camel case, as tsdav reads them. */
export type DavProperties = Readonly<Record<string, unknown>>;

/** What is said of one resource in a multistatus. */
export interface DavResource {
  /** Its path on the server, percent-encoded as the server writes it. */
  readonly path: string;
  readonly properties: DavProperties;
}

/** The resources that an answer tells of, or its status when it is no multistatus. */
export type DavListing =
  | { readonly kind: 'resources'; readonly resources: readonly DavResource[]; readonly url: string; readonly dav: string }
  | { readonly kind: 'refused'; readonly status: number };

/** The `fetch` that tsdav is given: everything goes through {@link davRequest}. */
export type DavFetch = NonNullable<Parameters<typeof propfind>[0]['fetch']>;

/** Runs something of tsdav over our own connection, and sorts out its answer. */
export async function listing(
  account: DavAccount,
  signal: AbortSignal,
  ask: (fetch: DavFetch) => Promise<readonly DAVResponse[]>,
): Promise<DavListing> {
  let status = 0;
  let url = account.url.href;
  let dav = '';
  const fetch = async (target: unknown, init?: RequestInit) => {
    const headers = init?.headers as Readonly<Record<string, string>> | undefined;
    const question = { method: init?.method ?? 'GET', url: String(target), ...(headers === undefined ? {} : { headers }) };
    const answer = await davRequest(init?.body == null ? question : { ...question, body: String(init.body) }, account, signal);
    status = answer.status;
    url = answer.url;
    dav = answer.headers.get('dav') ?? '';
    return {
      ok: status >= 200 && status < 300,
      status,
      statusText: '',
      url: answer.url,
      headers: answer.headers,
      text: () => Promise.resolve(answer.body),
    };
  };
  const responses = await ask(fetch as unknown as DavFetch);
  if (status !== 207) return { kind: 'refused', status };
  const resources = responses.flatMap(({ href, props, status: own }) => {
    const path = typeof href === 'string' && own < 400 ? pathOf(href, url) : undefined;
    return path === undefined ? [] : [{ path, properties: (props ?? {}) as DavProperties }];
  });
  return { kind: 'resources', resources, url, dav };
}

/** Asks for properties of a resource, and with depth 1 of its members. */
export function askProperties(
  account: DavAccount,
  signal: AbortSignal,
  url: string,
  depth: '0' | '1',
  names: readonly string[],
): Promise<DavListing> {
  const props = Object.fromEntries(names.map((name) => [name, {}]));
  return listing(account, signal, (fetch) => propfind({ url, depth, props, fetch }));
}

function pathOf(href: string, base: string): string | undefined {
  if (!URL.canParse(href, base)) return undefined;
  const target = new URL(href, base);
  return target.host === new URL(base).host ? target.pathname : undefined;
}

/** The text of a property; numbers and truth values are texts that were taken for such. */
export function propertyText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'object' && value !== null && '_cdata' in value) return propertyText(value._cdata);
  return undefined;
}

/** The addresses in a property such as `current-user-principal`. */
export function propertyHrefs(value: unknown): readonly string[] {
  const href = typeof value === 'object' && value !== null && 'href' in value ? value.href : undefined;
  return (Array.isArray(href) ? href : [href]).flatMap((one: unknown) => propertyText(one) ?? propertyText(textMember(one)) ?? []);
}

function textMember(value: unknown): unknown {
  return typeof value === 'object' && value !== null && '_text' in value ? value._text : undefined;
}

/** A version of a file as the server names it, whole: `"abc"`, or `W/"abc"` when it is weak. */
export type Etag = string & { readonly brand: 'Etag' };

/** Reads an ETag as a server or the model gives it; the quotes may be missing. `undefined` for nothing and for what is none. */
export function parseEtag(text: string | null | undefined): Etag | undefined {
  const [, weak = '', quoted, bare] = /^\s*(W\/)?(?:"([^"\u0000-\u001f]*)"|([^"\s\u0000-\u001f]+))\s*$/.exec(text ?? '') ?? [];
  const opaque = quoted ?? bare;
  return opaque === undefined || opaque === '' ? undefined : (`${weak}"${opaque}"` as Etag);
}

/** Whether an ETag is weak: `If-Match` never takes one (RFC 9110, 13.1.1). */
export function isWeak(etag: Etag): boolean {
  return etag.startsWith('W/');
}

/** Whether two ETags name the same version, one of them perhaps still weak. */
export function sameVersion(left: Etag, right: Etag): boolean {
  return opaqueOf(left) === opaqueOf(right);
}

function opaqueOf(etag: Etag): string {
  // A web server that compresses adds this to what the storage behind it knows.
  return etag.replace(/^W\//, '').replace(/-(?:gzip|br|deflate)"$/, '"');
}

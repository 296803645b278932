import { isJsonObject, type JsonObject, type JsonValue } from '../../core/domain/json.js';

/**
 * An error response in the one form that the vendor's client reads: `{ error: { message, code, type } }`. Servers also send a list with one
 * such object, a bare text, `{ detail }`, or the fields without `error`; and the time to wait in `details` rather than in a header.
 */
export async function withPlainError(response: Response): Promise<Response> {
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // A page or a plain text: its words, if they are few enough to be meant for a person.
    body = /^\s*</.test(text) || text.length > 2_000 ? {} : { message: text };
  }
  const headers = new Headers({ 'content-type': 'application/json' });
  const error = errorOf(body as JsonValue);
  const wait = retryDelay(error);
  for (const name of ['retry-after', 'retry-after-ms']) {
    const value = response.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  if (wait !== undefined && !headers.has('retry-after')) headers.set('retry-after', wait);
  const { message, code, type, status } = error;
  const plain = { message: message ?? '', ...(code === undefined ? {} : { code }), type: type ?? status ?? null };
  return new Response(JSON.stringify({ error: plain }), { status: response.status, headers });
}

function errorOf(body: JsonValue | undefined): JsonObject {
  if (Array.isArray(body)) return errorOf((body as readonly JsonValue[])[0]);
  if (typeof body === 'string') return { message: body };
  if (!isJsonObject(body)) return {};
  if (body.error !== undefined && body.error !== null) return errorOf(body.error);
  if (typeof body.message === 'string') return body;
  if (body.message !== undefined || body.detail !== undefined) return { ...body, message: textOf(body.message ?? body.detail ?? '') };
  return body;
}

/** `details[].retryDelay` such as `32s`, in seconds. */
function retryDelay({ details }: JsonObject): string | undefined {
  if (!Array.isArray(details)) return undefined;
  for (const detail of details as readonly JsonValue[]) {
    const found = isJsonObject(detail) && typeof detail.retryDelay === 'string' ? /^([\d.]+)s$/.exec(detail.retryDelay)?.[1] : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

import { PyraError } from '../../core/domain/errors.js';
import { isJsonObject, type JsonValue } from '../../core/domain/json.js';
import type { Connection } from './connection.js';
import { modelError } from './model-errors.js';
import { openAiClient } from './openai-client.js';
import { RequestDeadline } from './request-deadline.js';

/** The ids of the models that an endpoint lists, sorted: one GET that costs nothing. Throws `model/…`. */
export async function listModels(connection: Connection, timeoutMs: number, signal: AbortSignal): Promise<readonly string[]> {
  signal.throwIfAborted();
  const { endpoint } = connection;
  const [key, fetch] = await Promise.all([connection.key(), connection.fetch()]);
  const deadline = new RequestDeadline(signal, timeoutMs);
  try {
    const client = openAiClient({ endpoint, key, purpose: 'list', fetch }, timeoutMs);
    const ids = idsOf(
      await client.get<JsonValue>('/models', { signal: deadline.signal, query: { ...endpoint.provider.quirks.list?.query } }),
      endpoint.provider.quirks.listPrefix ?? '',
    );
    if (ids !== undefined) return ids;
    throw new PyraError('model/bad-response', `${endpoint.host} does not list models`, { hint: 'check ai.base_url; most end in /v1' });
  } catch (error) {
    deadline.check(endpoint.provider.displayName);
    throw modelError(error, { endpoint, key });
  } finally {
    deadline.dispose(true);
  }
}

/** OpenAI answers `{ data: [{ id }] }`, some others the bare array. */
function idsOf(answer: unknown, prefix: string): readonly string[] | undefined {
  const list = isJsonObject(answer) ? answer.data : answer;
  if (!Array.isArray(list)) return undefined;
  const ids = (list as readonly JsonValue[]).flatMap((entry) => (isJsonObject(entry) && typeof entry.id === 'string' ? [entry.id] : []));
  return [...new Set(ids.map((id) => (id.startsWith(prefix) ? id.slice(prefix.length) : id)))].sort();
}

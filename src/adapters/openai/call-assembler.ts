import { randomUUID } from 'node:crypto';
import { PyraError } from '../../core/domain/errors.js';
import type { CallId } from '../../core/domain/identifiers.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/domain/json.js';
import type { ToolCall } from '../../core/domain/tool.js';
import type { Endpoint } from './endpoint.js';
import { toolNameFrom } from './tool-names.js';

interface PartialCall {
  readonly index: number | undefined;
  id: string;
  name: string;
  readonly pieces: string[];
  extra: JsonValue | undefined;
}

/**
 * Puts the calls of one answer together from their pieces. Servers number the pieces by `index`, or repeat the id, or give neither, and
 * some give every call the same index; a new id together with a name always begins a new call.
 */
export class CallAssembler {
  readonly #endpoint: Endpoint;
  readonly #taken: Set<string>;
  readonly #calls: PartialCall[] = [];

  /** `taken` are the ids of earlier calls of the conversation: a call never gets the id of another. */
  constructor(endpoint: Endpoint, taken: ReadonlySet<string>) {
    this.#endpoint = endpoint;
    this.#taken = new Set(taken);
  }

  get empty(): boolean {
    return this.#calls.length === 0;
  }

  /** Takes one element of `delta.tool_calls`. */
  take(piece: JsonObject): void {
    const index = typeof piece.index === 'number' ? piece.index : undefined;
    const id = typeof piece.id === 'string' ? piece.id : '';
    const named = isJsonObject(piece.function) ? piece.function : {};
    const name = typeof named.name === 'string' ? named.name.trim() : '';
    const call = this.#find(index, id, name) ?? this.#begin(index);
    if (call.id === '') call.id = id;
    if (name !== '' && name !== call.name && call.pieces.length === 0) call.name += name;
    const { arguments: args } = named;
    if (typeof args === 'string') {
      if (args !== '') call.pieces.push(args);
    } else if (isJsonObject(args)) call.pieces.push(JSON.stringify(args));
    if (piece.extra_content !== undefined) call.extra = piece.extra_content;
  }

  /** The complete calls in the order in which they began. Throws `model/bad-response`, naming the tool, for arguments that are not a JSON object. */
  complete(): ToolCall[] {
    return this.#calls.map((call) => {
      if (call.name === '') throw new PyraError('model/bad-response', 'the model called a tool without naming it', { retryable: true });
      const tool = toolNameFrom(call.name);
      const opaque =
        call.extra === undefined ? {} : { opaque: { provider: this.#endpoint.owner, value: { extra_content: call.extra } as const } };
      return { id: this.#uniqueId(call.id), tool, args: parseArguments(call.pieces.join(''), tool), ...opaque };
    });
  }

  #find(index: number | undefined, id: string, name: string): PartialCall | undefined {
    if (index !== undefined) {
      const call = this.#calls.findLast((candidate) => candidate.index === index);
      const another = call !== undefined && id !== '' && name !== '' && call.id !== '' && call.id !== id;
      return another ? undefined : call;
    }
    if (id !== '') {
      const known = this.#calls.find((call) => call.id === id);
      if (known !== undefined || name !== '') return known;
      return this.#calls.at(-1);
    }
    const last = this.#calls.at(-1);
    return name !== '' && last !== undefined && last.name !== '' ? undefined : last;
  }

  #begin(index: number | undefined): PartialCall {
    const call: PartialCall = { index, id: '', name: '', pieces: [], extra: undefined };
    this.#calls.push(call);
    return call;
  }

  #uniqueId(id: string): CallId {
    let unique = id;
    while (unique === '' || this.#taken.has(unique)) unique = `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
    this.#taken.add(unique);
    return unique as CallId;
  }
}

function parseArguments(text: string, tool: string): JsonObject {
  if (text.trim() === '' || text.trim() === 'null') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Falls through: the text itself may hold anything and is not repeated.
  }
  if (isJsonObject(value)) return value;
  throw new PyraError('model/bad-response', `the model called ${tool} with arguments that are not a JSON object`, {
    hint: 'ask again; if it happens often, another model handles tools better',
    retryable: true,
  });
}

import type { ServerResponse } from 'node:http';
import type { JsonObject, JsonValue } from '../../core/domain/json.js';

/** One call in a scripted answer; the tool's name as models write it, such as `memory__search`. */
export interface ScriptedCall {
  readonly name: string;
  /** The arguments, or a text that stands for them as it is. */
  readonly args: JsonObject | string;
  readonly id?: string;
  /** Sent beside the call, as some providers do. */
  readonly extra?: JsonValue;
}

/** One answer of a scripted model server. */
export interface ScriptedAnswer {
  readonly reasoning?: string;
  /** The text; an array is sent piece by piece, a string word by word. */
  readonly text?: string | readonly string[];
  readonly calls?: readonly ScriptedCall[];
  readonly usage?: { readonly input: number; readonly output: number };
  readonly finish?: string;
  /** Milliseconds between two chunks. */
  readonly pause?: number;
}

/** The chunks in which an OpenAI-compatible server streams this answer: deltas, the reason, the usage. */
export function answerChunks(answer: ScriptedAnswer, model: string): readonly JsonObject[] {
  const chunk = (more: JsonObject): JsonObject => ({
    id: 'chatcmpl-scripted',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model,
    ...more,
  });
  const delta = (fields: JsonObject, finish: string | null = null): JsonObject =>
    chunk({ choices: [{ index: 0, delta: fields, finish_reason: finish }] });
  const pieces = typeof answer.text === 'string' ? (answer.text.match(/\s*\S+\s*/g) ?? [answer.text]) : (answer.text ?? []);
  const usage = answer.usage ?? { input: 10, output: pieces.length };
  return [
    delta({ role: 'assistant', content: '' }),
    ...(answer.reasoning === undefined ? [] : [delta({ reasoning_content: answer.reasoning })]),
    ...pieces.map((content) => delta({ content })),
    ...(answer.calls ?? []).flatMap((call, index) => callDeltas(call, index).map((piece) => delta({ tool_calls: [piece] }))),
    delta({}, answer.finish ?? (answer.calls === undefined || answer.calls.length === 0 ? 'stop' : 'tool_calls')),
    chunk({
      choices: [],
      usage: { prompt_tokens: usage.input, completion_tokens: usage.output, total_tokens: usage.input + usage.output },
    }),
  ];
}

/** Streams an answer as server-sent events and ends the response. */
export async function sendAnswer(response: ServerResponse, answer: ScriptedAnswer, model: string): Promise<void> {
  openEventStream(response);
  for (const chunk of answerChunks(answer, model)) {
    if (response.closed) return;
    response.write(eventLine(chunk));
    if (answer.pause !== undefined) await pause(answer.pause);
  }
  response.end(eventLine('[DONE]'));
}

/** Sends the head of a stream of server-sent events. */
export function openEventStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  response.flushHeaders();
}

/** One server-sent event. */
export function eventLine(event: JsonObject | '[DONE]'): string {
  return `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`;
}

function callDeltas(call: ScriptedCall, index: number): readonly JsonObject[] {
  const text = typeof call.args === 'string' ? call.args : JSON.stringify(call.args);
  const middle = Math.ceil(text.length / 2);
  const first: JsonObject = {
    index,
    id: call.id ?? `call_${index}_${call.name}`,
    type: 'function',
    function: { name: call.name, arguments: '' },
    ...(call.extra === undefined ? {} : { extra_content: call.extra }),
  };
  return [first, ...[text.slice(0, middle), text.slice(middle)].map((piece) => ({ index, function: { arguments: piece } }))];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

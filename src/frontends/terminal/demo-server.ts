import type { ServerResponse } from 'node:http';
import { type LoopbackServer, startLoopbackServer } from '../../adapters/support/loopback-server.js';
import { sendAnswer } from '../../adapters/support/scripted-answer.js';
import { isJsonObject, type JsonObject } from '../../core/domain/json.js';
import type { Secret } from '../../core/domain/secret.js';
import { demoAnswer } from './demo-script.js';

/** The name under which the scripted model is served. */
export const DEMO_MODEL = 'scripted';

/**
 * Serves the scripted model of the tour on this machine, to whoever has the key.
 * @param pause milliseconds between two words
 */
export function startDemoServer(key: Secret, pause: number): Promise<LoopbackServer> {
  return startLoopbackServer(async (request, response) => {
    if (request.headers.authorization !== `Bearer ${key.reveal()}`) return sendJson(response, 401, { error: { message: 'wrong key' } });
    if (request.method === 'GET') return sendJson(response, 200, { object: 'list', data: [{ id: DEMO_MODEL, object: 'model' }] });
    const body: unknown = JSON.parse(request.body);
    await sendAnswer(response, demoAnswer(isJsonObject(body) ? body : {}, pause), DEMO_MODEL);
  });
}

function sendJson(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

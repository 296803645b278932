// Runs a model server as a process of its own: `node model-server-main.js '[{"text":"hello"}]' ['{"key":"…"}']` prints its URL and
// serves until its stdin ends.
import { type ModelServerOptions, type ModelStep, startModelServer } from './model-server.js';

const [steps = '[]', options = '{}'] = process.argv.slice(2);
const server = await startModelServer(JSON.parse(steps) as ModelStep[], JSON.parse(options) as ModelServerOptions);
process.stdout.write(`${server.url}\n`);
process.stdin.resume();
process.stdin.on('end', () => void server.close());

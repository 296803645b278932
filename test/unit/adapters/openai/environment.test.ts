import { spawn } from 'node:child_process';
import { expect } from 'chai';
import { type ModelServer, startModelServer } from '../../../support/model-server.js';
import { PROJECT } from '../../../support/source-files.js';

const CANARIES: Readonly<Record<string, string>> = {
  OPENAI_API_KEY: 'sk-ENV-CANARY',
  OPENAI_ADMIN_KEY: 'sk-admin-ENV-CANARY',
  OPENAI_ORG_ID: 'org-ENV-CANARY',
  OPENAI_ORGANIZATION: 'org-ENV-CANARY',
  OPENAI_PROJECT_ID: 'proj-ENV-CANARY',
  OPENAI_WEBHOOK_SECRET: 'whsec-ENV-CANARY',
  OPENAI_CUSTOM_HEADERS: 'X-Leak: ENV-CANARY\nAuthorization: Bearer ENV-CANARY\nCookie: a=ENV-CANARY',
  OPENAI_BASE_URL: 'http://127.0.0.1:9/ENV-CANARY',
  OPENAI_API_VERSION: 'ENV-CANARY',
  OPENAI_LOG: 'debug',
  AZURE_OPENAI_API_KEY: 'ENV-CANARY',
  AZURE_OPENAI_ENDPOINT: 'http://127.0.0.1:9/ENV-CANARY',
};

const PROGRAM = `
import { openCatalog } from ${JSON.stringify(`${PROJECT}build/test/support/open-model.js`)};
const [url, key] = process.argv.slice(1);
const catalog = openCatalog({ keys: key === undefined ? {} : { 'openai-compatible': key } });
const endpoint = { provider: 'openai-compatible', baseUrl: url };
const signal = new AbortController().signal;
const request = { system: 's', messages: [{ role: 'user', text: 'hi' }], tools: [] };
process.stdout.write((await catalog.models(endpoint, signal)).join() + ' ');
const model = await catalog.open({ ...endpoint, model: 'm' });
for await (const event of model.stream(request, signal)) if (event.type === 'text-delta') process.stdout.write(event.text);
try { for await (const event of model.stream(request, signal)) process.stdout.write(event.type); } catch (error) { console.log(' ' + error.code); }
`;

describe('the environment of the vendor client', () => {
  let server: ModelServer;

  beforeEach(async () => {
    server = await startModelServer([{ text: 'hello' }, { fault: 'status', status: 401, body: { error: { message: 'no' } } }], {
      models: ['one'],
    });
  });

  afterEach(async () => server.close());

  for (const [what, key] of [
    ['a server without a key', undefined],
    ['a server with a key', 'vault-key-0123456789'],
  ] as const) {
    it(`reaches neither ${what} nor the screen`, async () => {
      const { output, code } = await run([server.url, ...(key === undefined ? [] : [key])]);
      expect(output).to.equal('one hello model/auth\n');
      expect(code).to.equal(0);
      expect(server.requests).to.have.length(3);
      for (const { headers, path, raw } of server.requests) {
        expect(JSON.stringify([headers, path, raw])).not.to.include('CANARY');
        expect(headers.authorization).to.equal(key === undefined ? undefined : `Bearer ${key}`);
        expect(Object.keys(headers)).not.to.include.oneOf(['openai-organization', 'openai-project', 'x-leak', 'cookie']);
        expect(Object.keys(headers).filter((name) => name.startsWith('x-stainless'))).to.deep.equal([]);
      }
    });
  }
});

function run(args: readonly string[]): Promise<{ readonly output: string; readonly code: number | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, '--', ...args], {
      env: { PATH: process.env.PATH ?? '', ...CANARIES },
      timeout: 8_000,
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    child.on('error', reject);
    child.on('close', (code) => resolve({ output, code }));
  });
}

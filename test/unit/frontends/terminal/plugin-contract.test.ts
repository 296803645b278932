import { expect } from 'chai';
import { InMemoryAuditLog } from '../../../../src/adapters/in-memory/in-memory-audit-log.js';
import { InMemoryCrash, type InMemoryPlugin } from '../../../../src/adapters/in-memory/in-memory-open-plugin.js';
import { InMemoryPluginHost } from '../../../../src/adapters/in-memory/in-memory-plugin-host.js';
import { JsonSchemaChecker } from '../../../../src/adapters/json-schema/json-schema-checker.js';
import { NodeSystem } from '../../../../src/adapters/support/node-system.js';
import type { JsonSchema } from '../../../../src/core/domain/json.js';
import type { ManifestTool, PluginManifest } from '../../../../src/core/domain/plugin-manifest.js';
import { Redactor } from '../../../../src/core/domain/redaction.js';
import { Secret } from '../../../../src/core/domain/secret.js';
import { DEFAULT_SETTINGS } from '../../../../src/core/domain/settings.js';
import { ToolGate } from '../../../../src/core/usecases/tool-gate.js';
import { Toolbox } from '../../../../src/core/usecases/toolbox.js';
import { callTool, type PersonsCall } from '../../../../src/frontends/terminal/call-tool.js';
import { type ContractCheck, contractChecks, trialDesk } from '../../../../src/frontends/terminal/plugin-contract.js';
import type { Trial } from '../../../../src/frontends/terminal/plugin-trial.js';
import { ToolFailure } from '../../../../src/plugin.js';
import { sampleManifest, sampleStatus, sampleTool } from '../../../support/sample-manifest.js';

const CANARY = 'canary-0123456789abcdef';
const STRICT: JsonSchema = { type: 'object', properties: { query: { type: 'string' } }, required: ['query'], additionalProperties: false };
const checker = new JsonSchemaChecker(() => import('@cfworker/json-schema'));

describe('what every plugin has to keep', () => {
  const checked = async (
    code: InMemoryPlugin,
    options: { readonly tools?: readonly ManifestTool[]; readonly log?: string; readonly manifest?: Partial<PluginManifest> } = {},
  ): Promise<ReadonlyMap<string, ContractCheck>> => {
    const manifest = sampleManifest({ tools: options.tools ?? [sampleTool('search', { parameters: STRICT })], ...options.manifest });
    const { plugin } = sampleStatus('disabled', { plugin: { manifest } });
    const trial: Trial = { folder: '', canaries: new Map([['main.password', new Secret(CANARY)]]), settings: {} };
    const desk = trialDesk(trial);
    const open = new InMemoryPluginHost(new NodeSystem(), () => code).open(plugin, desk);
    const checks = new Map<string, ContractCheck>();
    const system = new NodeSystem();
    const toolbox = new Toolbox([], [open]);
    const audit = new InMemoryAuditLog();
    const gate = new ToolGate({ toolbox, checker, audit, system, redactor: new Redactor(), settings: DEFAULT_SETTINGS });
    const parts = {
      plugin,
      open,
      trial,
      desk,
      run: (call: PersonsCall) => callTool({ gate, system }, call),
      log: async () => options.log ?? '',
      signal: new AbortController().signal,
    };
    for await (const check of contractChecks(parts)) checks.set(check.check, check);
    await open.close();
    return checks;
  };
  const statuses = (checks: ReadonlyMap<string, ContractCheck>) =>
    Object.fromEntries([...checks.values()].map(({ check, status }) => [check, status]));

  it('is kept by a good one', async () => {
    const checks = await checked({
      tools: { search: ({ query }) => ({ text: `${query}: nothing`, source: 'ana@example.org' }) },
      check: async (_account, { secrets }) => ((await secrets.get('main.password')) === undefined ? 'no' : 'it works'),
    });
    expect(statuses(checks)).to.deep.equal({
      handlers: 'ok',
      previews: 'ok',
      'arguments of search': 'ok',
      'call of search': 'ok',
      secrets: 'ok',
      cancelling: 'ok',
    });
    expect(checks.get('arguments of search')?.message).to.equal(
      'refused: query is missing; query has a wrong type; unheard_of is not known',
    );
  });

  it('does not pass a tool that was not tried, since the plugin had crashed too often', async () => {
    const tools = ['one', 'two', 'three', 'four'].map((name) => sampleTool(name, { parameters: STRICT }));
    const crash = (): never => {
      throw new InMemoryCrash('it ended with exit code 1');
    };
    const checks = await checked({ tools: { one: crash, two: crash, three: crash, four: () => 'fine' } }, { tools });
    expect(checks.get('call of four')).to.deep.include({ status: 'failed', message: 'not tried: it crashed too often before' });
  });

  it('takes a failure in words for an answer', async () => {
    const fails: InMemoryPlugin = {
      tools: {
        search: () => {
          throw new ToolFailure('no such mail');
        },
      },
    };
    const checks = await checked(fails);
    expect(checks.get('call of search')).to.include({ status: 'ok', message: 'a failure: no such mail' });
  });

  it('names what is declared and not there, and what is there and not declared', async () => {
    const checks = await checked({ tools: { serach: () => 'x' }, previews: { search: () => 'x' } });
    expect(checks.get('handlers')?.message).to.equal(
      'the manifest declares the tool search, which the code does not have; the code has the tool serach, which the manifest does not declare',
    );
    expect(checks.get('previews')?.status).to.equal('failed');
  });

  it('says when the code does not even start', async () => {
    const checks = await checked({
      get tools(): never {
        throw new Error('broken on purpose');
      },
    });
    expect([...checks.values()]).to.have.length(1);
    expect(checks.get('handlers')?.message).to.include('does not start').and.to.include('broken on purpose');
  });

  it('notes a schema that takes anything', async () => {
    const checks = await checked({ tools: { search: () => 'x' } }, { tools: [sampleTool('search')] });
    expect(checks.get('arguments of search')?.status).to.equal('note');
  });

  for (const [where, code] of [
    ['an answer', { tools: { search: async (_: object, { secrets }: never) => `with ${await secret(secrets)}` } }],
    ['an answer, encoded', { tools: { search: async (_: object, { secrets }: never) => btoa(String(await secret(secrets))) } }],
    [
      'a failure',
      {
        tools: {
          search: async (_: object, { secrets }: never) => {
            throw new ToolFailure(`refused ${await secret(secrets)}`);
          },
        },
      },
    ],
    [
      'its progress',
      {
        tools: {
          search: async (_: object, { secrets, progress }: never) => {
            (progress as (text: string) => void)(`login ${await secret(secrets)}`);
            return 'x';
          },
        },
      },
    ],
    ['its check', { tools: { search: () => 'x' }, check: async (_: string, { secrets }: never) => `as ${await secret(secrets)}` }],
  ] as const) {
    it(`finds a secret in ${where}, and does not print it`, async () => {
      const checks = await checked(code as unknown as InMemoryPlugin);
      expect(checks.get('secrets')?.status).to.equal('failed');
      expect(checks.get('secrets')?.message).not.to.include(CANARY);
    });
  }

  it('finds a secret in what is logged', async () => {
    const checks = await checked({ tools: { search: () => 'x' } }, { log: `2026 mail: ${CANARY}` });
    expect(checks.get('secrets')?.status).to.equal('failed');
  });

  it('fails for a call that goes on when it is cancelled', async function () {
    this.timeout(5_000);
    let calls = 0;
    const late = new Promise<string>((resolve) => setTimeout(resolve, 300, 'late'));
    const checks = await checked(
      { tools: { search: () => (++calls === 1 ? 'x' : late) } },
      { log: '2026 mail: did not stop when it was told to' },
    );
    expect(checks.get('cancelling')?.message).to.include('search goes on when it is cancelled');
  });
});

/** The secret that the test gives. */
function secret(secrets: unknown): Promise<string | undefined> {
  return (secrets as { get(name: string): Promise<string | undefined> }).get('main.password');
}

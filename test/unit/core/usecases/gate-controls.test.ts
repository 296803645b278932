import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { GATE_ATTACKS } from '../../../support/gate-attacks.js';
import type { GateCore } from '../../../support/gate-harness.js';
import { PROJECT, sourceFiles } from '../../../support/source-files.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

/** One control taken out of the compiled gate: what stands in a file of the core, and what is put in its place. */
interface Removal {
  readonly control: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly opens: string;
}

const REMOVALS: readonly Removal[] = [
  removal(
    'check',
    'usecases/gate-check.js',
    'return faults.length === 0 ? args :',
    'return true ? args :',
    'arguments that do not fit run',
  ),
  removal(
    'scan of arguments',
    'usecases/gate-scan.js',
    'new Map(found.map(',
    'new Map([].map(',
    'injected text stands in the arguments without a word on the card',
  ),
  removal(
    'secrets in arguments',
    'usecases/gate-scan.js',
    'holdsSecret: secret !== undefined',
    'holdsSecret: false',
    'a secret leaves in the arguments of a tool that asks nobody',
  ),
  removal(
    'asking',
    'usecases/gate-decision.js',
    'unasked ?? (await',
    "unasked ?? { outcome: 'allow', scope: 'once', by: 'rule' } ?? (await",
    'a call runs that nobody decided about',
  ),
  removal(
    'secrets in previews',
    'usecases/gate-preview.js',
    'ports.redactor.redact(cleanOutput(text',
    '(cleanOutput(text',
    'a secret stands in the preview on the card',
  ),
  removal(
    'secrets in why there is no preview',
    'usecases/gate-preview.js',
    'ports.redactor.redact(cleanOutput(raced',
    '(cleanOutput(raced',
    'a secret stands in why there is no preview',
  ),
  removal(
    'secrets in foreign descriptions',
    'usecases/gate-request.js',
    'description: redactor.redact(definition.description)',
    'description: definition.description',
    'a secret stands in what a server says of its tool',
  ),
  removal(
    'foreign descriptions as a source',
    'usecases/gate-decision.js',
    'described: await this.#descriptions(prepared)',
    'described: []',
    "a destination from what another server says of its tool passes for the model's own",
  ),
  removal('unclassed tools', 'domain/tool-definition.js', ": 'destructive';", ": 'read';", 'a tool without a class runs unasked'),
  removal(
    'refusals',
    'usecases/gate-decision.js',
    'if (turn.refused.has(',
    'if (false && turn.refused.has(',
    'a refused call is asked about until somebody gives in',
  ),
  removal(
    'valid decisions',
    'domain/approval-decision.js',
    'return validDecision(answer) ??',
    'return answer ??',
    'an approver answers something that is no decision',
  ),
  removal(
    'digest',
    'usecases/gate-execution.js',
    'digestNow(prepared, found, system) !== prepared.digest',
    'false',
    'the tool becomes another one after it was approved',
  ),
  removal(
    'provider',
    'usecases/gate-execution.js',
    '|| found.provider !== prepared.found.provider',
    '',
    'another provider of the same name takes the approved call',
  ),
  removal(
    'expiry',
    'usecases/gate-decision.js',
    'deadline([turn.signal], limit);\n        const asked = millisecondsOf(system.now())',
    'deadline([turn.signal]);\n        const asked = Infinity',
    'an approval after two minutes counts',
  ),
  removal(
    'conversation of a grant',
    'usecases/conversation-grants.js',
    '.get(conversation)?.has(',
    ".get('conversation-1')?.has(",
    'an approval of one conversation counts in another',
  ),
  removal(
    'taint of grants',
    'usecases/gate-decision.js',
    'const isGranted = !tainted &&',
    'const isGranted =',
    'a grant is used after external text was read',
  ),
  removal(
    'taint when granting',
    'usecases/gate-request.js',
    '&& taintedBy.length === 0',
    '',
    'a grant is obtained from a person who is misled by external text',
  ),
  removal(
    'destinations of rules',
    'domain/standing-rule.js',
    '&& !destinations.every(isFixed))',
    '&& false)',
    'a rule lets a further destination through',
  ),
  removal('taint of rules', 'domain/standing-rule.js', 'if (!tainted)', 'if (true)', 'a wide rule is used after external text was read'),
  removal(
    'scan of results',
    'usecases/gate-output.js',
    'const findings = scanInbound(',
    'const findings = [] ?? scanInbound(',
    'injected text in a result is not reported',
  ),
  removal('provenance', 'usecases/gate-output.js', "own && kind === 'own'", "kind === 'own'", 'a foreign tool passes its text off as own'),
  removal('redaction of results', 'usecases/gate-output.js', ': redactor.redactJson(data)', ': data', 'a secret comes out in a result'),
  removal(
    'redaction of events',
    'usecases/gate-decision.js',
    'request: reportedRequest(request, redactor)',
    'request',
    'a secret comes out in an event',
  ),
  removal(
    'control characters',
    'usecases/gate-output.js',
    'cleanOutput(given.text.slice(',
    'String(given.text.slice(',
    'a result brings escape sequences',
  ),
  removal(
    'visible summaries',
    'domain/call-summary.js',
    "return visible(text).replace(/[\\n\\t]+/g, ' ')",
    'return text',
    'a summary hides what it says',
  ),
  removal('bound of edits', 'usecases/gate-decision.js', 'if (edits >= MAX_EDITS)', 'if (false)', 'edits go round for ever'),
  removal(
    'log before running',
    'usecases/tool-gate.js',
    'await this.#record.start(',
    'await Promise.resolve(',
    'a tool runs although its call cannot be logged',
  ),
  removal('log after running', 'usecases/tool-gate.js', 'await this.#record.end(', 'await Promise.resolve(', 'a call leaves no entry'),
  removal(
    'timeout',
    'usecases/gate-execution.js',
    'deadline([turn.signal], limit)',
    'deadline([turn.signal])',
    'a tool that hangs holds the turn',
  ),
  removal(
    'reserved names',
    'usecases/toolbox.js',
    '!own && reserved.has(',
    'false && reserved.has(',
    'a foreign provider takes the name of one of ours',
  ),
];

/** Each is itself a provider, or what stands behind one: it hands on the call that it was given, and makes none. */
const HANDING_ON: readonly { readonly file: string; readonly handedOn: RegExp }[] = [
  { file: 'adapters/mcp/open-server.ts', handedOn: /return await session\.call\(name, args, signal, progress\);/ },
  {
    file: 'core/usecases/mcp-server-tools.ts',
    handedOn:
      /if \(there\?\.digest === seen\.digest\) \{\s*const output = await listing\.call\(seen\.tool\.name, args, signal, progress\);/,
  },
  {
    file: 'core/usecases/plugin-tools.ts',
    handedOn: /async call\(tool: .*\{\s*return \(await this\.#plugin\(\)\)\.call\(tool, args, signal, context\);\s*\}/,
  },
];

const BUILT = join(PROJECT, 'build/src/core');

describe('controls of the gate', () => {
  for (const { name, succeeds } of GATE_ATTACKS) {
    it(`hold against: ${name}`, async () => {
      expect(await succeeds(await coreOf(BUILT))).to.equal(false);
    });
  }

  for (const { control, file, from, to, opens } of REMOVALS) {
    it(`show it when ${control} is taken out`, async () => {
      const attack = GATE_ATTACKS.find(({ name }) => name === opens);
      if (attack === undefined) throw new Error(`no attack is named ${opens}`);
      const folder = temporaryFolder();
      try {
        writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
        cpSync(BUILT, join(folder, 'core'), { recursive: true, filter: (path) => !/\.(?:map|d\.ts)$/.test(path) });
        const path = join(folder, 'core', file);
        const code = readFileSync(path, 'utf8');
        expect(code.split(from), `places in ${file} with ${from}`).to.have.length(2);
        writeFileSync(
          path,
          code.replace(from, () => to),
        );
        expect(await attack.succeeds(await coreOf(join(folder, 'core')))).to.equal(true);
      } finally {
        removeFolder(folder);
      }
    });
  }

  it("lie on the only way to a preview: the gate asks for it, and a plugin's stand-in hands the question on", () => {
    const asking = sourceFiles().filter(({ code }) => /\.preview\s*(\?\.)?\(/.test(code));
    expect(asking.map(({ path }) => path)).to.deep.equal([
      'adapters/in-memory/in-memory-tool-provider.ts',
      'core/usecases/gate-preview.ts',
      'core/usecases/plugin-tools.ts',
    ]);
  });

  it('lie on the only way to a tool: no other file calls a provider', () => {
    const calls = /\.call\s*\(|\[\s*['"`]call['"`]\s*\]/;
    const calling = sourceFiles().filter(({ code }) => calls.test(code));
    expect(calling.map(({ path }) => path)).to.deep.equal(
      ['core/usecases/gate-execution.ts', ...HANDING_ON.map(({ file }) => file)].sort(),
    );
    for (const { file, handedOn } of HANDING_ON) {
      const code = calling.find(({ path }) => path === file)?.code ?? '';
      expect(code, file).to.match(handedOn);
      expect(code.replace(handedOn, ''), file).not.to.match(calls);
    }
    // Whoever can list a server's tools could call them.
    const listing = sourceFiles().filter(({ path, code }) => path.startsWith('core/') && /\.listing\s*\(/.test(code));
    expect(listing.map(({ path }) => path)).to.deep.equal([
      'core/usecases/mcp-looking.ts',
      'core/usecases/mcp-running-servers.ts',
      'core/usecases/mcp-server-tools.ts',
    ]);
  });
});

function removal(control: string, file: string, from: string, to: string, opens: string): Removal {
  return { control, file, from, to, opens };
}

async function coreOf(folder: string): Promise<GateCore> {
  const load = (file: string) => import(pathToFileURL(join(folder, 'usecases', file)).href);
  const [gate, toolbox] = await Promise.all([load('tool-gate.js'), load('toolbox.js')]);
  return { ToolGate: gate.ToolGate, Toolbox: toolbox.Toolbox };
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { homePaths } from '../../adapters/support/home-paths.js';
import { isPyraError } from '../../core/domain/errors.js';
import type { JsonObject } from '../../core/domain/json.js';
import type { SandboxTier } from '../../core/domain/plugin.js';
import { attachmentPath } from './attachment-path.js';
import { callTool } from './call-tool.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { type ContractCheck, contractChecks, trialDesk } from './plugin-contract.js';
import { runOwnTests } from './plugin-own-tests.js';
import { makeTrial, withTemporaryFolder } from './plugin-trial.js';
import { tierWords } from './plugin-words.js';
import { visibleLine } from './visible-line.js';

/** `pyra plugin test [PATH]`: the plugin's own tests, and what every plugin has to keep; nothing of the person's home is touched. */
export async function testPlugin(context: CommandContext, { words: [path = '.'] }: ParsedArguments): Promise<ExitCode> {
  const folder = attachmentPath(path, context.cwd);
  const checks: ContractCheck[] = [];
  for await (const check of withTemporaryFolder((root) => allChecks(context, folder, root))) {
    checks.push(check);
    if (!context.globals.json) context.print(checkLine(context, check));
  }
  const failed = checks.filter(({ status }) => status === 'failed').length;
  if (context.globals.json) {
    context.printJson({ ok: failed === 0, folder, checks: checks.map((check): JsonObject => ({ ...check })) });
  } else {
    const paint = context.paint('stderr');
    context.say(failed === 0 ? paint.green('all is well') : paint.red(failed === 1 ? '1 check failed' : `${failed} checks failed`));
  }
  return failed === 0 ? EXIT.ok : EXIT.failure;
}

async function* allChecks(context: CommandContext, folder: string, root: string): AsyncGenerator<ContractCheck> {
  const home = join(root, 'home');
  const { plugins: shelf, system } = await context.openPyra({ home });
  const seen = await shelf.inspect(folder).catch((error: unknown) => {
    if (isPyraError(error, 'plugin/bad-manifest') || isPyraError(error, 'plugin/incompatible')) return error;
    throw error;
  });
  if (seen instanceof Error) {
    yield { check: 'manifest', status: 'failed', message: seen.message };
    return;
  }
  const { manifest, files } = seen.package;
  yield { check: 'manifest', status: 'ok', message: `valid; ${counted(manifest.tools.length, 'tool')}, ${counted(files.length, 'file')}` };
  yield* ownTestChecks(folder, context.signal);
  yield sandboxNote(await shelf.tier());
  const trial = await makeTrial(root, folder, manifest);
  const desk = trialDesk(trial);
  const { plugin, open, gate } = await shelf.tryOut(trial.folder, desk);
  try {
    const path = join(homePaths(home).logs, 'plugin_errors.log');
    const log = (): Promise<string> => readFile(path, 'utf8').catch(() => '');
    yield* contractChecks({ plugin, open, trial, desk, run: (call) => callTool({ gate, system }, call), log, signal: context.signal });
  } finally {
    await open.close();
  }
}

async function* ownTestChecks(folder: string, signal: AbortSignal): AsyncGenerator<ContractCheck> {
  const { files, tests, fault } = await runOwnTests(folder, signal);
  if (files.length === 0) yield { check: 'tests', status: 'note', message: 'it has none: write *.test.ts for node:test' };
  for (const { name, ok, message } of tests) {
    yield { check: `test: ${name}`, status: ok ? 'ok' : 'failed', message: message ?? '' };
  }
  if (fault !== undefined) yield { check: 'tests', status: 'failed', message: fault };
}

function sandboxNote(tier: SandboxTier): ContractCheck {
  const [name, meaning] = tierWords(tier);
  return { check: 'sandbox', status: tier.networkEnforced ? 'ok' : 'note', message: `${name}: ${meaning}` };
}

function checkLine(context: CommandContext, { check, status, message }: ContractCheck): string {
  const paint = context.paint('stdout');
  const mark = { ok: paint.green('✓'), note: paint.yellow('·'), failed: paint.red('✗') }[status];
  const [first = '', ...more] = message.split('\n').map(visibleLine);
  return [
    `${mark} ${visibleLine(check)}${first === '' ? '' : paint.dim(`  ${first}`)}`,
    ...more.map((line) => paint.dim(`    ${line}`)),
  ].join('\n');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

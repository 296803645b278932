import { configuredModel } from '../../core/domain/configured-model.js';
import { isPyraError } from '../../core/domain/errors.js';
import type { Finding } from '../../core/domain/finding.js';
import type { Settings } from '../../core/domain/settings.js';
import type { Foundation } from '../../core/usecases/foundation.js';

/** One thing that the doctor looked at. A `note` is worth knowing and nothing to mend. */
export interface Check {
  readonly check: 'home' | 'config' | 'vault' | 'model' | 'logs' | 'plugins' | 'sandbox' | 'mcp' | 'node' | 'terminal';
  readonly status: 'ok' | 'note' | 'problem';
  readonly message: string;
  /** What to do about it: a command or one sentence. */
  readonly fix?: string;
}

/** How long the model's server may take, in milliseconds. */
const MODEL_WAIT = 10_000;

/** The home, as it is: everything that is missing, foreign, planted or too widely readable. */
export async function checkHome(foundation: Pick<Foundation, 'home'>, platform: NodeJS.Platform): Promise<readonly Check[]> {
  const findings = await foundation.home.inspect();
  const windows: readonly Check[] =
    platform === 'win32' ? [{ check: 'home', status: 'note', message: 'Windows keeps no file modes: they are not checked' }] : [];
  if (findings.length > 0) return [...findings.map(checkOfFinding), ...windows];
  return [{ check: 'home', status: 'ok', message: 'whole, and yours alone' }, ...windows];
}

/** The settings; `undefined` where they cannot be read. */
export async function checkConfig(foundation: Foundation): Promise<{ readonly check: Check; readonly settings: Settings | undefined }> {
  try {
    const settings = await foundation.settings.load();
    return { settings, check: { check: 'config', status: 'ok', message: 'config.yaml is valid' } };
  } catch (error) {
    return { settings: undefined, check: problem('config', error, 'pyra config edit') };
  }
}

/** Whether the vault is there, and how many secrets it keeps. */
export async function checkVault(foundation: Foundation): Promise<Check> {
  try {
    const status = await foundation.vault.status();
    if (status === 'absent') return { check: 'vault', status: 'note', message: 'there is no vault yet', fix: 'pyra vault init' };
    const count = (await foundation.vault.names()).length;
    return { check: 'vault', status: 'ok', message: `${status}, ${count === 1 ? '1 secret' : `${count} secrets`}` };
  } catch (error) {
    return problem('vault', error, 'restore vault/ from a backup');
  }
}

/**
 * Whether the configured model's server answers, by its model list, which costs nothing. A key in a locked vault is a reason not to ask, as
 * nobody wants to type a passphrase for that; `unattended` says that the vault opens without a question.
 */
export async function checkModel(foundation: Foundation, settings: Settings, signal: AbortSignal, unattended: boolean): Promise<Check> {
  const ref = configuredModel(settings);
  if (ref === undefined) return { check: 'model', status: 'problem', message: 'no model is configured', fix: 'pyra setup' };
  const name = `${ref.provider}/${ref.model}`;
  if (!unattended && (await isKeyLocked(foundation, ref.provider))) {
    return { check: 'model', status: 'note', message: `${name}: not asked, the vault with its key is locked`, fix: 'pyra vault unlock' };
  }
  const deadline = foundation.system.deadline([signal], MODEL_WAIT);
  try {
    const catalog = await foundation.models(settings);
    if (catalog.providers().find(({ id }) => id === ref.provider)?.check === 'none') {
      return { check: 'model', status: 'note', message: `${name}: this provider has nothing that could be asked for free` };
    }
    const listed = await catalog.models(ref, deadline.signal);
    if (listed.some((id) => id === ref.model || id.startsWith(`${ref.model}:`))) {
      return { check: 'model', status: 'ok', message: `${name} answers` };
    }
    return { check: 'model', status: 'note', message: `${ref.provider} answers, and does not list ${ref.model}`, fix: 'pyra model list' };
  } catch (error) {
    if (isPyraError(error, 'vault/locked')) {
      return { check: 'model', status: 'note', message: `${name}: not asked, the vault with its key is locked`, fix: 'pyra vault unlock' };
    }
    if (deadline.signal.aborted && !signal.aborted) {
      return { check: 'model', status: 'problem', message: `${name}: no answer within ${MODEL_WAIT / 1000} s`, fix: 'pyra setup' };
    }
    return problem('model', error, 'pyra setup');
  } finally {
    deadline.dispose();
  }
}

/** Whether the two logs are whole. */
export async function checkLogs(foundation: Foundation): Promise<Check> {
  try {
    const results = [await foundation.log.verify('security'), await foundation.log.verify('tool_executions')];
    const faults = results.flatMap(({ faults }) => faults);
    if (faults.length > 0) {
      return { check: 'logs', status: 'problem', message: `${faults.length} faults: ${faults[0]}`, fix: 'pyra security log --verify' };
    }
    const count = results.reduce((sum, { entries }) => sum + entries, 0);
    return { check: 'logs', status: 'ok', message: `whole, ${count === 1 ? '1 entry' : `${count} entries`}` };
  } catch (error) {
    return problem('logs', error, 'pyra security log --verify');
  }
}

/** Which Node runs Pyra: below 26 its permission model cannot close the network and local sockets. */
export function checkNode(version: string, executable: string): Check {
  const bundled = /[\\/]node_modules[\\/](?:node-[^\\/]+[\\/]|\.bin[\\/])/.test(executable);
  const where = bundled ? 'comes with Pyra' : 'from the system';
  const message = `Node ${version.replace(/^v/, '')}, ${where}`;
  if (Number(/^v?(\d+)/.exec(version)?.[1]) >= 26) return { check: 'node', status: 'ok', message };
  return { check: 'node', status: 'note', message: `${message}: plugins keep the network and local sockets`, fix: 'npm ci brings Node 26' };
}

async function isKeyLocked({ vault }: Foundation, provider: string): Promise<boolean> {
  if ((await vault.status()) !== 'locked') return false;
  return (await vault.names()).some((name) => name === provider);
}

function checkOfFinding(finding: Finding): Check {
  const check = finding.category === 'vault' ? 'vault' : 'home';
  return { check, status: 'problem', message: finding.message, ...(finding.fix === undefined ? {} : { fix: finding.fix }) };
}

function problem(check: Check['check'], error: unknown, fix: string): Check {
  if (!isPyraError(error)) throw error;
  return { check, status: 'problem', message: error.message, fix: error.hint ?? fix };
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isJsonObject } from '../src/core/domain/json.js';
import { PYRA } from './start-up.js';

/** A temporary home with its environment, and what is measured about processes in it. */
export class BenchHome {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'pyra-bench-'));
    this.env = {
      PATH: process.env.PATH ?? '',
      HOME: this.folder,
      PYRA_HOME: join(this.folder, 'home'),
      XDG_CACHE_HOME: join(this.folder, 'cache'),
    };
  }

  /** Runs pyra in the folder to its end; throws when it fails. */
  pyra(args: readonly string[], options: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {}): string {
    const { status, stdout, stderr } = spawnSync(PYRA, args, {
      encoding: 'utf8',
      cwd: this.folder,
      env: { ...this.env, ...options.env },
      input: options.input ?? '',
    });
    if (status !== 0) throw new Error(`pyra ${args.join(' ')} ended with ${status}: ${stderr.trim()}`);
    return stdout;
  }

  /** Uses a server on this machine as the model. */
  useModel(baseUrl: string): void {
    this.pyra(['model', 'use', 'openai-compatible/bench', '--base-url', baseUrl, '--no-check']);
  }

  /** Makes a vault with a key for the model in it; gives the environment that names its passphrase's file. */
  makeVault(key: string): Readonly<Record<string, string>> {
    const file = join(this.folder, 'passphrase');
    writeFileSync(file, 'correct horse battery staple\n', { mode: 0o600 });
    const env = { PYRA_VAULT_PASSPHRASE_FILE: file };
    this.pyra(['vault', 'init'], { env });
    this.pyra(['vault', 'set', 'openai-compatible', '-'], { env, input: `${key}\n` });
    return env;
  }

  /** The environment in which a process writes, when it exits, what it took, and how to read that. */
  recorder(): { readonly env: Readonly<Record<string, string>>; read(): { readonly cpuMs: number; readonly peakMb: number } } {
    const hook = join(this.folder, 'usage.cjs');
    const file = join(this.folder, 'usage.json');
    const code = `process.on('exit', () => { const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
require('node:fs').writeFileSync(process.env.PYRA_BENCH_USAGE, JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMb: maxRSS / 1024 })); });\n`;
    writeFileSync(hook, code);
    const read = (): { readonly cpuMs: number; readonly peakMb: number } => {
      const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
      if (!isJsonObject(value) || typeof value.cpuMs !== 'number' || typeof value.peakMb !== 'number') {
        throw new Error('the usage was not written');
      }
      return { cpuMs: value.cpuMs, peakMb: value.peakMb };
    };
    return { env: { ...this.env, NODE_OPTIONS: `--require ${hook}`, PYRA_BENCH_USAGE: file }, read };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

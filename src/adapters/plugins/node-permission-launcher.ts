import { spawn } from 'node:child_process';
import type { SandboxTier } from '../../core/domain/plugin.js';
import type { ChildEnd, LaunchedChild, LaunchRequest, StartsChildren } from './launched-child.js';

/** Starts plugins under Node's permission model alone. */
export class NodePermissionLauncher implements StartsChildren {
  async launch({ plugin, runtime }: LaunchRequest): Promise<LaunchedChild> {
    const flags = [
      '--permission',
      `--allow-fs-read=${plugin.folder}`,
      `--allow-fs-read=${plugin.dataFolder}`,
      `--allow-fs-read=${runtime}`,
      `--allow-fs-write=${plugin.dataFolder}`,
      '--no-experimental-sqlite',
      '--no-addons',
      '--disable-proto=delete',
      '--disable-sigusr1',
    ];
    const child = spawn(process.execPath, [...flags, runtime], { stdio: 'pipe', env: {}, cwd: '/' });
    const { stdin, stdout, stderr } = child;
    const ended = new Promise<ChildEnd>((resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal }));
    });
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    return {
      stdin,
      stdout,
      stderr,
      ended,
      pid: () => child.pid,
      kill: () => void child.kill('SIGKILL'),
      hold: (alive) => {
        const verb = alive ? 'ref' : 'unref';
        child[verb]();
        for (const stream of [stdin, stdout, stderr]) (stream as unknown as Record<'ref' | 'unref', () => void>)[verb]();
      },
    };
  }

  async tier(): Promise<SandboxTier> {
    return { tier: 'plain', reason: 'nothing stronger was tried', networkEnforced: true };
  }
}

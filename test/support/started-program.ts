import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import type { Context } from 'mocha';
import { ProgramLauncher, type ProgramLauncherOptions } from '../../src/adapters/mcp/program-launcher.js';
import type { ServerLaunch } from '../../src/adapters/mcp/starts-servers.js';
import { findServerProgram } from '../../src/adapters/support/sandbox/find-server-program.js';
import type { LaunchedChild } from '../../src/adapters/support/sandbox/launched-child.js';
import type { McpProgram, McpServerName } from '../../src/core/domain/mcp-server.js';
import { PROJECT } from './source-files.js';

/** Every way in which a server that is a program is started. */
export const PROGRAM_TIERS: readonly ('bwrap' | 'plain')[] = ['bwrap', 'plain'];

/** A launcher of one tier for the home below `root`; skips the test, visibly, where the tier does not work. */
export async function programLauncher(
  test: Context,
  tier: 'bwrap' | 'plain',
  root: string,
  options: Partial<ProgramLauncherOptions> = {},
): Promise<ProgramLauncher> {
  const launcher = new ProgramLauncher({ home: join(root, 'home'), tier, ...options });
  try {
    await launcher.tier();
  } catch (error) {
    console.error(`      the tier ${tier} does not work here: ${error instanceof Error ? error.message : error}`);
    test.skip();
  }
  return launcher;
}

/** What is started: Node with a script by default. */
export function programLaunch(
  script: string,
  program: Partial<McpProgram> = {},
  launch: Partial<Pick<ServerLaunch, 'env' | 'refused'>> = {},
): ServerLaunch {
  return {
    name: 'sample' as McpServerName,
    program: { kind: 'program', command: process.execPath, args: ['-e', script], env: {}, read: [], write: [], net: [], ...program },
    env: {},
    refused: () => undefined,
    ...launch,
  };
}

/** All that a program said, and how it ended. */
export async function outcome(child: LaunchedChild): Promise<{ readonly stdout: string; readonly stderr: string; readonly end: string }> {
  child.stdin.end();
  const [stdout, stderr, { code, signal }] = await Promise.all([text(child.stdout), text(child.stderr), child.ended]);
  return { stdout, stderr, end: signal ?? String(code) };
}

/** What a program printed; throws what it said on stderr when it did not end well. */
export async function said(child: LaunchedChild): Promise<string> {
  const { stdout, stderr, end } = await outcome(child);
  if (end !== '0') throw new Error(`it ended with ${end}: ${stderr.slice(0, 2000)}`);
  return stdout;
}

/** A program of this system; skips the test, visibly, where there is none. */
export function systemProgram(test: Context, name: string): string {
  const path = findServerProgram(name, '/', '/usr/bin:/bin');
  if (path !== undefined) return path;
  console.error(`      ${name} is not installed`);
  return test.skip();
}

/** The built proxy of servers with granted hosts; built first when it is missing or older than its sources. */
export async function builtProxy(): Promise<string> {
  const path = join(PROJECT, 'dist/mcp-proxy.cjs');
  built ??= isStale(path) ? bundle() : Promise.resolve();
  await built;
  return path;
}

let built: Promise<void> | undefined;

function isStale(path: string): boolean {
  if (!existsSync(path)) return true;
  const { mtimeMs } = statSync(path);
  return ['src/adapters/mcp', 'src/adapters/support/sandbox'].some((folder) =>
    readdirSync(join(PROJECT, folder)).some((name) => statSync(join(PROJECT, folder, name)).mtimeMs > mtimeMs),
  );
}

async function bundle(): Promise<void> {
  const script = pathToFileURL(join(PROJECT, 'scripts/bundle-plugins.mjs')).href;
  const { bundleProxy } = (await import(script)) as { readonly bundleProxy: (root: string) => Promise<unknown> };
  await bundleProxy(PROJECT);
}

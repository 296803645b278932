import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { McpProgram } from '../../../src/core/domain/mcp-server.js';
import { PROJECT } from '../source-files.js';

/** Where the packages of this project are. */
const MODULES = join(PROJECT, 'node_modules');

/** What such a server has to be granted so that it can be run: the packages. */
export const SEES_ITSELF = realpathSync(MODULES);

/** An example server of the official SDK, by the name of its file. */
export function sdkExample(name: string): string {
  return join(MODULES, '@modelcontextprotocol/sdk/dist/esm/examples/server', `${name}.js`);
}

/** Servers of strangers from the registry of npm. */
export const FOREIGN = {
  filesystem: join(MODULES, '@modelcontextprotocol/server-filesystem/dist/index.js'),
  everything: join(MODULES, '@modelcontextprotocol/server-everything/dist/index.js'),
  /** Puts a server that is a program on HTTP, on an implementation of its own. */
  proxy: join(MODULES, 'mcp-proxy/dist/bin/mcp-proxy.mjs'),
} as const;

/** Skips the tests of a `describe` where a server's package is not installed; its title says which. To be called in `before`. */
export function needsServers(context: Mocha.Context, ...paths: readonly string[]): void {
  if (paths.some((path) => !existsSync(path))) context.skip();
}

/** A program of Node as a server that is kept in with these grants, and one that lets it see its own code. */
export function nodeProgram(path: string, args: readonly string[] = [], grants: Partial<McpProgram> = {}): McpProgram {
  return {
    kind: 'program',
    command: process.execPath,
    args: [realpathSync(path), ...args],
    env: {},
    write: [],
    net: [],
    ...grants,
    read: [SEES_ITSELF, ...(grants.read ?? [])],
  };
}

/** The Python that has a module installed: that of `PYRA_TEST_MCP_PYTHON`, else the system's; `undefined` when it has not. */
export function pythonWith(module: string): string | undefined {
  for (const python of [process.env.PYRA_TEST_MCP_PYTHON, '/usr/bin/python3']) {
    if (python === undefined || python === '' || !existsSync(python)) continue;
    try {
      execFileSync(python, ['-c', `import ${module}`], { stdio: 'ignore', timeout: 20_000 });
      return python;
    } catch {
      // This one has it not.
    }
  }
  return undefined;
}

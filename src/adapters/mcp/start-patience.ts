import { basename } from 'node:path';
import type { McpServer } from '../../core/domain/mcp-server.js';

const USUAL_SECONDS = 30;
const FETCHING_SECONDS = 120;
/** Programs that may first fetch what they run. */
const FETCHING = new Set([
  'npx',
  'npx-cli.js',
  'npm',
  'npm-cli.js',
  'pnpm',
  'pnpx',
  'yarn',
  'bunx',
  'bun',
  'deno',
  'uvx',
  'uv',
  'pipx',
  'docker',
  'podman',
]);

/** How long a server may take until it answers, in seconds, and what it may be at until then. */
export function startPatience(server: McpServer): { readonly seconds: number; readonly hint: string } {
  const { reach } = server;
  if (reach.kind === 'program' && FETCHING.has(basename(reach.command))) {
    return {
      seconds: FETCHING_SECONDS,
      hint: `${basename(reach.command)} may still be fetching the server, which needs the network: install it, and run its program without ${basename(reach.command)}`,
    };
  }
  return { seconds: USUAL_SECONDS, hint: 'what it says about itself is in logs/mcp_errors.log' };
}

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PyraError } from '../../core/domain/errors.js';

/** The program that servers with granted hosts run behind, which the build puts into `dist`: beside the bundle, and found from the compiled tree too. */
export function proxyFile(): string {
  for (const place of ['./mcp-proxy.cjs', '../mcp-proxy.cjs', '../../../../dist/mcp-proxy.cjs']) {
    const path = fileURLToPath(new URL(place, import.meta.url));
    if (existsSync(path)) return path;
  }
  throw new PyraError('mcp/unreachable', 'the program that connects MCP servers to their hosts is not there', {
    hint: 'build Pyra again: npm run build',
  });
}

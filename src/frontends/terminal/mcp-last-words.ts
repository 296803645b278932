import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { homePaths } from '../../adapters/support/home-paths.js';
import type { McpServerName } from '../../core/domain/mcp-server.js';
import { visibleLine } from './visible-line.js';

/** The most of the log that is looked at, in bytes. */
const MOST = 32_768;
/** The most lines that are shown. */
const LINES = 5;
/** What Pyra itself writes there. */
const OWN = /^(?:ended with|was ended by|asked for|answered|sent|closed|did not)\b/;

/** Gives what a server wrote to its standard error since this was called: its last lines, as they stand in the log, without secrets. */
export async function listenForLastWords(home: string, name: McpServerName): Promise<() => Promise<readonly string[]>> {
  const path = join(homePaths(home).logs, 'mcp_errors.log');
  const size = async (): Promise<number> => (await stat(path).catch(() => ({ size: 0 }))).size;
  const before = await size();
  return async () => {
    for (let attempt = 0; ; attempt += 1) {
      const now = await size();
      const words = lastWords(await textFrom(path, now < before ? 0 : Math.max(before, now - MOST), now), name);
      // It is written while the server ends.
      if (words.length > 0 || attempt === 3) return words;
      await after(50);
    }
  };
}

async function textFrom(path: string, from: number, to: number): Promise<string> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(Math.min(MOST, Math.max(0, to - from))), position: from });
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  }
}

function lastWords(log: string, name: McpServerName): readonly string[] {
  const entries = log.split(/^(?=\d{4}-\d\d-\d\dT[\d:.]+Z )/m);
  const texts = entries.flatMap((entry) => {
    const [, whose, text = ''] = /^\S+ ([a-z0-9-]+): (.*)$/s.exec(entry) ?? [];
    return whose === name && !OWN.test(text) ? text.split('\n') : [];
  });
  const lines = texts.map((line) => visibleLine(line).trim()).filter((line) => line !== '');
  return lines.slice(-LINES);
}

import { spawn } from 'node:child_process';
import { PROJECT } from '../source-files.js';

/** Runs a program of this folder in a process of its own, for at most eight seconds; what it prints anywhere, and how it ended. */
export function runNode(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly output: string; readonly code: number | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`${PROJECT}build/test/support/mcp-http/${program}`, ...args], {
      env: { PATH: process.env.PATH ?? '', ...env },
      timeout: 8_000,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    child.on('error', reject);
    child.on('close', (code) => resolve({ output, code }));
  });
}

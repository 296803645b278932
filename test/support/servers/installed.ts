import { existsSync } from 'node:fs';

/** Skips a test or a suite, with the reason in its title, when a program of the system is not there. Call it first in a `before` hook. */
export function requireInstalled(context: Mocha.Context, path: string, debianPackage: string): void {
  if (existsSync(path)) return;
  const runnable = context.test?.parent ?? context.test;
  if (runnable !== undefined) runnable.title += ` (skipped: ${path} is missing; install ${debianPackage})`;
  context.skip();
}

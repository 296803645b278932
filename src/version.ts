declare const PYRA_VERSION: string | undefined;

/** The version of this Pyra: set by the bundler, and read from package.json where the plain build runs. */
export function pyraVersion(): string {
  if (typeof PYRA_VERSION === 'string') return PYRA_VERSION;
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return (manifest as { readonly version: string }).version;
}

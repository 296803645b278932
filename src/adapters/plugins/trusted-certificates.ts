import { readFileSync } from 'node:fs';

/** Trusts the certificates of PEM files for every TLS connection of this process, besides those of Node. */
export function trustCertificates(files: readonly string[]): void {
  if (files.length === 0) return;
  // Loaded here and not at the start, which every plugin would pay for.
  const tls = process.getBuiltinModule('node:tls');
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...files.map((file) => readFileSync(file, 'utf8'))]);
}

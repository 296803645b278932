import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The files (PEM, absolute paths) that a server's TLS needs, and the authority that a client has to trust. */
export interface ServerCertificate {
  /** The certificate of the authority: what a person would give as `ca`. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** `good` is for localhost, 127.0.0.1 and 127.0.0.2; `other-host` for another name; `expired` ended yesterday. All three by the same authority. */
export type CertificateKind = 'good' | 'other-host' | 'expired';

const NAMES: Readonly<Record<CertificateKind, string>> = {
  good: 'DNS:localhost,IP:127.0.0.1,IP:127.0.0.2',
  'other-host': 'DNS:elsewhere.example.test',
  expired: 'DNS:localhost,IP:127.0.0.1,IP:127.0.0.2',
};

/**
 * Makes a small authority and one certificate signed by it in a folder, with openssl (some 40 ms). A second call for the same folder keeps the
 * authority, so that one test can have a good certificate and wrong ones.
 */
export async function makeCertificate(folder: string, kind: CertificateKind = 'good'): Promise<ServerCertificate> {
  const path = (name: string) => join(folder, name);
  const openssl = (...args: readonly string[]) => run('openssl', args, { cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const [ca, caKey] = [path('ca.crt'), path('ca.key')];
  const [certificate, key, request] = [path(`${kind}.crt`), path(`${kind}.key`), path(`${kind}.csr`)];
  await openssl('x509', '-in', ca, '-noout').catch(() =>
    openssl('req', '-x509', ...newKey, '-days', '30', '-subj', '/CN=Test authority', '-keyout', caKey, '-out', ca),
  );
  await openssl(
    'req',
    '-new',
    ...newKey,
    '-subj',
    '/CN=Test server',
    '-addext',
    `subjectAltName=${NAMES[kind]}`,
    '-keyout',
    key,
    '-out',
    request,
  );
  const days = kind === 'expired' ? '-1' : '30';
  const serial = String({ good: 2, 'other-host': 3, expired: 4 }[kind]);
  const signed = ['-CA', ca, '-CAkey', caKey, '-set_serial', serial, '-days', days, '-copy_extensions', 'copy'];
  await openssl('x509', '-req', '-in', request, ...signed, '-out', certificate);
  return { ca, certificate, key };
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, giveToServer, installed, selfSignedCertificate, serverFolder, startServer, type TestServer } from './test-server.js';

/** A Radicale (CalDAV and CardDAV) of one test, with one person's collections. */
export interface Radicale extends TestServer {
  /** Its address, `https` unless it was started without TLS. */
  readonly url: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Its certificate, as a PEM file. */
  readonly ca: string;
  /** Where the person's collections are, one folder each. */
  readonly collections: string;
}

/** What may be different from test to test. */
export interface RadicaleOptions {
  /** Writes collections before the start. */
  readonly seed?: (collections: string) => void;
  /** Without TLS, for a proxy in front of it. */
  readonly plain?: boolean;
  /** The host that the certificate is for. */
  readonly certificateFor?: string;
  /** Who signs in; `pyra` without it. */
  readonly user?: string;
  /** Who may write: everything is the owner's, or nothing can be written. */
  readonly rights?: 'owner_only' | 'read-only';
}

/** One collection as Radicale stores it: its properties, and its entries by the names of their files. */
export interface SampleCollection {
  readonly properties: Readonly<Record<string, string>>;
  readonly entries: Readonly<Record<string, string>>;
}

const PASSWORD = 'pyra-päss-1234';

/** Starts a Radicale with TLS and one user. */
export async function startRadicale(options: RadicaleOptions = {}): Promise<Radicale> {
  const user = options.user ?? 'pyra';
  const folder = serverFolder();
  const [port = 0] = await freePorts(1);
  const { certificate, key } = selfSignedCertificate(folder, 'tls', options.certificateFor);
  const collections = join(folder, 'storage', 'collection-root', user);
  mkdirSync(collections, { recursive: true });
  options.seed?.(collections);
  writeFileSync(join(folder, 'htpasswd'), `${user}:${PASSWORD}\n`);
  writeFileSync(join(folder, 'rights'), '[all]\nuser: .+\ncollection: .*\npermissions: Rr\n');
  const tls = options.plain === true ? '' : `ssl = True\ncertificate = ${certificate}\nkey = ${key}\n`;
  const rights = options.rights === 'read-only' ? `type = from_file\nfile = ${join(folder, 'rights')}` : 'type = owner_only';
  writeFileSync(
    join(folder, 'config'),
    `[server]
hosts = 127.0.0.1:${port}
max_connections = 50
${tls}[auth]
type = htpasswd
htpasswd_filename = ${join(folder, 'htpasswd')}
htpasswd_encryption = plain
delay = 0
[rights]
${rights}
[storage]
filesystem_folder = ${join(folder, 'storage')}
[web]
type = none
[logging]
level = warning
mask_passwords = True
`,
  );
  giveToServer(folder);
  const server = await startServer({
    folder,
    // A Python of the person's own would not have the module.
    program: '/usr/bin/python3',
    args: ['-m', 'radicale', '--config', join(folder, 'config')],
    healthy: port,
  });
  const url = `${options.plain === true ? 'http' : 'https'}://localhost:${port}`;
  return { ...server, url, port, user, password: PASSWORD, ca: certificate, collections };
}

/** Skips the tests of a `describe` where there is no Radicale. To be called in `before`. */
export function needsRadicale(context: Mocha.Context): void {
  if (['radicale', 'openssl'].some((program) => installed(program) === undefined)) context.skip();
}

/** Writes a collection into the folder of a person's collections. */
export function writeCollection(collections: string, name: string, { properties, entries }: SampleCollection): void {
  const folder = join(collections, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '.Radicale.props'), JSON.stringify(properties));
  for (const [file, text] of Object.entries(entries)) writeFileSync(join(folder, file), text);
}

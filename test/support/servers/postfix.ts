import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CertificateKind, makeCertificate } from './certificate.js';
import type { Dovecot } from './dovecot.js';
import type { SmtpServer } from './smtp-account.js';
import { freePorts, serverFolder, serverUser, startServer } from './test-server.js';

const MASTER = '/usr/lib/postfix/sbin/master';

/** A Postfix of one test. Mail to `example.test` goes into the mailbox of the Dovecot; all other mail is caught, and nothing leaves the machine. */
export interface Postfix extends SmtpServer {
  /** What was sent to elsewhere, each with `X-Envelope-From` and `X-Envelope-To` on top; in the order of arrival. */
  outside(): readonly string[];
  stop(): Promise<void>;
}

/** What may be different from test to test. */
export interface PostfixOptions {
  readonly certificate?: CertificateKind;
  /** The largest message that it takes, in bytes. */
  readonly sizeLimit?: number;
  /** What it answers for some recipients: `{ 'nobody@outside.test': '550 5.1.1 no such mailbox' }`. */
  readonly recipients?: Readonly<Record<string, string>>;
}

/** Skips a suite where there is no Postfix, or where it cannot be started since the tests do not run as root. Call it first in a `before` hook. */
export function requirePostfix(context: Mocha.Context): void {
  const missing = existsSync(MASTER) ? 'root' : 'the package postfix';
  if (missing === 'root' && process.getuid?.() === 0) return;
  const suite = context.test?.parent;
  if (suite !== undefined) suite.title += ` (needs ${missing})`;
  context.skip();
}

/** Starts a Postfix with STARTTLS and TLS, that asks a Dovecot whether a sign-in is right. */
export async function startPostfix(dovecot: Dovecot, options: PostfixOptions = {}): Promise<Postfix> {
  const folder = serverFolder();
  chmodSync(folder, 0o755);
  const [port = 0, tlsPort = 0] = await freePorts(2);
  const { ca, certificate, key } = await makeCertificate(folder, options.certificate);
  const account = serverUser();
  makeFolders(folder, account);
  const conf = join(folder, 'conf');
  const recipients = Object.entries(options.recipients ?? {}).map(([address, answer]) => `${address} ${answer}\n`);
  writeFileSync(join(conf, 'recipients'), recipients.join(''));
  writeFileSync(join(conf, 'main.cf'), mainConfiguration({ folder, dovecot, certificate, key, account, options }));
  writeFileSync(join(conf, 'master.cf'), processes(folder, port, tlsPort));
  writeFileSync(join(conf, 'capture.sh'), captureScript(folder));
  // Postfix waits until its configuration is some seconds old.
  const past = new Date(Date.now() - 10_000);
  for (const name of ['main.cf', 'master.cf']) utimesSync(join(conf, name), past, past);
  const server = await startServer({ program: MASTER, args: ['-c', conf, '-d'], folder, healthy: tlsPort, asRoot: true });
  const caught = join(folder, 'outside', 'new');
  return {
    host: '127.0.0.1',
    port,
    tlsPort,
    ca,
    outside: () =>
      readdirSync(caught)
        .sort()
        .map((name) => readFileSync(join(caught, name), 'utf8')),
    stop: () => server.stop(),
  };
}

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

function makeFolders(folder: string, account: Ids): void {
  const postfix = Number(execFileSync('id', ['-u', 'postfix'], { encoding: 'utf8' }));
  const postdrop = Number(execFileSync('getent', ['group', 'postdrop'], { encoding: 'utf8' }).split(':')[2]);
  const make = (path: string, mode: number, uid = 0, gid = 0): void => {
    if (!existsSync(path)) mkdirSync(path);
    chmodSync(path, mode);
    chownSync(path, uid, gid);
  };
  make(join(folder, 'conf'), 0o755);
  make(join(folder, 'data'), 0o755, postfix);
  for (const name of ['', 'new', 'cur', 'tmp']) make(join(folder, 'outside', name), 0o755, account.uid, account.gid);
  const spool = join(folder, 'spool');
  make(spool, 0o755);
  make(join(spool, 'pid'), 0o755);
  for (const name of ['active', 'bounce', 'corrupt', 'defer', 'deferred', 'flush', 'hold', 'incoming', 'private', 'saved', 'trace']) {
    make(join(spool, name), 0o700, postfix);
  }
  make(join(spool, 'maildrop'), 0o730, postfix, postdrop);
  make(join(spool, 'public'), 0o710, postfix, postdrop);
}

interface Layout {
  readonly folder: string;
  readonly dovecot: Dovecot;
  readonly certificate: string;
  readonly key: string;
  readonly account: Ids;
  readonly options: PostfixOptions;
}

function mainConfiguration({ folder, dovecot, certificate, key, account, options }: Layout): string {
  return `compatibility_level = 3.6
queue_directory = ${folder}/spool
data_directory = ${folder}/data
maillog_file = ${folder}/postfix.log
maillog_file_prefixes = ${folder}
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.example.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_dns_support_level = disabled
smtputf8_enable = yes
alias_maps =
alias_database =
biff = no
message_size_limit = ${options.sizeLimit ?? 30_000_000}
virtual_mailbox_domains = example.test
virtual_mailbox_base = /
virtual_mailbox_maps = static:${dovecot.maildir.slice(1)}/
virtual_uid_maps = static:${account.uid}
virtual_gid_maps = static:${account.gid}
virtual_mailbox_limit = 0
virtual_minimum_uid = 1
default_transport = capture
relay_transport = capture
capture_destination_recipient_limit = 1
smtpd_tls_cert_file = ${certificate}
smtpd_tls_key_file = ${key}
smtpd_tls_security_level = encrypt
smtpd_tls_session_cache_database =
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:${dovecot.saslPort}
smtpd_sasl_auth_enable = yes
smtpd_sasl_tls_security_options = noanonymous
smtpd_tls_auth_only = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access texthash:${folder}/conf/recipients, permit_sasl_authenticated, reject
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_error_sleep_time = 0
`;
}

function processes(folder: string, port: number, tlsPort: number): string {
  return `127.0.0.1:${port} inet n - n - - smtpd
127.0.0.1:${tlsPort} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
capture unix - n n - - pipe user=nobody argv=/bin/sh ${folder}/conf/capture.sh \${sender} \${recipient}
`;
}

function captureScript(folder: string): string {
  return `f=${folder}/outside/tmp/$(date +%s%N).$$
{ printf 'X-Envelope-From: %s\\nX-Envelope-To: %s\\n' "$1" "$2"; cat; } > "$f" && mv "$f" ${folder}/outside/new/
`;
}

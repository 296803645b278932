import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  freePorts,
  giveToServer,
  installed,
  selfSignedCertificate,
  serverFolder,
  serverUser,
  startServer,
  type TestServer,
} from './test-server.js';

/** A Dovecot of one test, with one mailbox. */
export interface Dovecot extends TestServer {
  readonly host: string;
  /** IMAP in the clear, with STARTTLS. */
  readonly port: number;
  /** IMAP over TLS from the start. */
  readonly tlsPort: number;
  /** Where SMTP servers ask it whether a sign-in is right. */
  readonly saslPort: number;
  readonly user: string;
  readonly password: string;
  /** Its certificate, as a PEM file. */
  readonly ca: string;
  /** Where its messages are. */
  readonly maildir: string;
  /** Ends it and starts it again, with the same ports and messages. */
  restart(): Promise<void>;
  /** Gives what was written into the Maildir to the server. */
  adopt(): void;
}

/** What may be different from test to test. */
export interface DovecotOptions {
  /** Writes messages into the Maildir before the start. */
  readonly seed?: (maildir: string) => void;
  /** Refuses every sign-in before TLS, as servers of the wild do; it then listens on 127.0.0.2, since Dovecot takes its own address for safe. */
  readonly requireTls?: boolean;
  /** Asks this address (RFC 7662) about access tokens. */
  readonly introspection?: string;
  /** The most that the mailbox may hold, in kilobytes. */
  readonly quota?: number;
  /** The host that the certificate is for. */
  readonly certificateFor?: string;
  /** Whether it has folders for sent mail, drafts, trash, junk and archive of its own; it has when absent. */
  readonly specialFolders?: boolean;
  /** More lines of its configuration. */
  readonly config?: string;
}

const USER = 'pyra@example.test';
const PASSWORD = 'pyra-pass-1234';

/** Starts a Dovecot with TLS, STARTTLS, passwords and access tokens, and a mailbox that has folders with a special use. */
export async function startDovecot(options: DovecotOptions = {}): Promise<Dovecot> {
  const folder = serverFolder();
  const [port = 0, tlsPort = 0, saslPort = 0] = await freePorts(3);
  const host = options.requireTls === true ? '127.0.0.2' : '127.0.0.1';
  const { certificate } = selfSignedCertificate(folder, 'tls', options.certificateFor);
  const home = join(folder, 'home');
  const maildir = join(home, 'Maildir');
  mkdirSync(join(folder, 'run'));
  mkdirSync(maildir, { recursive: true });
  options.seed?.(maildir);
  writeFileSync(join(folder, 'users'), `${USER}:{PLAIN}${PASSWORD}::::::\n`);
  writeFileSync(join(folder, 'dovecot.log'), '');
  writeFileSync(join(folder, 'oauth2.ext'), tokenLines(options.introspection));
  writeFileSync(join(folder, 'dovecot.conf'), configuration({ folder, home, host, port, tlsPort, saslPort, options }));
  giveToServer(folder);
  const start = (): Promise<TestServer> =>
    startServer({
      folder,
      program: installed('dovecot') ?? 'dovecot',
      args: ['-F', '-c', join(folder, 'dovecot.conf')],
      healthy: { host, port: tlsPort },
    });
  let server = await start();
  return {
    folder,
    kill: () => server.kill(),
    end: () => server.end(),
    stop: () => server.stop(),
    async restart() {
      await server.end();
      server = await start();
    },
    host,
    port,
    tlsPort,
    saslPort,
    user: USER,
    password: PASSWORD,
    ca: certificate,
    maildir,
    adopt: () => giveToServer(maildir),
  };
}

function tokenLines(introspection: string | undefined): string {
  if (introspection === undefined) return 'introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix=/nonexistent/\n';
  return [
    'introspection_mode = post',
    `introspection_url = ${introspection}`,
    'username_attribute = username',
    'active_attribute = active',
    'active_value = true',
    '',
  ].join('\n');
}

interface Layout {
  readonly folder: string;
  readonly home: string;
  readonly host: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly saslPort: number;
  readonly options: DovecotOptions;
}

function configuration({ folder, home, host, port, tlsPort, saslPort, options }: Layout): string {
  const user = serverUser();
  const strict = options.requireTls === true;
  const quota =
    options.quota === undefined
      ? ''
      : `mail_plugins = $mail_plugins quota\nplugin {\n  quota = maildir:User quota\n  quota_rule = *:storage=${options.quota}K\n}\n`;
  return `base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = ${folder}/dovecot.log
instance_name = pyra-test-${port}
protocols = imap
listen = ${host}
default_internal_user = ${user.name}
default_internal_group = ${user.group}
default_login_user = ${user.name}
first_valid_uid = 0
first_valid_gid = 0
default_vsz_limit = 512M
ssl = ${strict ? 'required' : 'yes'}
ssl_cert = <${folder}/tls.crt
ssl_key = <${folder}/tls.key
disable_plaintext_auth = ${strict ? 'yes' : 'no'}
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0 secs
auth_username_format = %Lu
mail_location = maildir:~/Maildir
mail_uid = ${user.uid}
mail_gid = ${user.gid}
maildir_very_dirty_syncs = no
mail_max_userip_connections = 100
${quota}service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tlsPort}
    ssl = yes
  }
}
service auth {
  unix_listener auth-userdb {
    mode = 0600
  }
  inet_listener {
    address = 127.0.0.1
    port = ${saslPort}
  }
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${folder}/oauth2.ext
}
passdb {
  driver = passwd-file
  mechanisms = plain login
  args = username_format=%u ${folder}/users
}
userdb {
  driver = static
  args = uid=${user.uid} gid=${user.gid} home=${home}
}
namespace inbox {
  inbox = yes
  separator = /
${options.specialFolders === false ? '' : ['Drafts', 'Sent', 'Trash', 'Junk', 'Archive'].map(specialFolder).join('\n')}
}
${options.config ?? ''}
`;
}

function specialFolder(name: string): string {
  return `  mailbox ${name} {\n    special_use = \\${name}\n    auto = subscribe\n  }`;
}

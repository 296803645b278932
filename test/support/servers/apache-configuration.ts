import { join } from 'node:path';

/** What the configuration depends on. */
export interface ApacheLayout {
  readonly folder: string;
  /** The port of TLS. */
  readonly port: number;
  readonly plainPort: number;
  /** PEM files. */
  readonly certificate: string;
  readonly key: string;
  readonly user: string;
  /** The port of the Radicale behind it. */
  readonly radicale?: number;
}

const MODULES = [
  'mpm_event authn_core authn_file authz_core authz_user auth_basic alias dir mime env setenvif',
  'headers dav dav_fs dav_lock proxy proxy_http filter substitute ssl',
]
  .join(' ')
  .split(' ');

/** The configuration of an Apache that has a person's files where a Nextcloud has them, and at `/dav`. */
export function apacheConfiguration(layout: ApacheLayout): string {
  return [base(layout), files(layout), ...(layout.radicale === undefined ? [] : [calendars(layout.user, layout.radicale)])].join('\n');
}

function base({ folder, port, plainPort, certificate, key }: ApacheLayout): string {
  return `ServerRoot ${folder}
PidFile ${join(folder, 'run', 'httpd.pid')}
DefaultRuntimeDir ${join(folder, 'run')}
Mutex file:${join(folder, 'run')} default
ServerName localhost
Listen 127.0.0.1:${plainPort}
Listen 127.0.0.1:${port} https
ErrorLog ${join(folder, 'error.log')}
LogLevel warn
LogFormat "%u %m %U %>s %b" short
CustomLog ${join(folder, 'access.log')} short
ServerLimit 1
StartServers 1
ThreadsPerChild 16
MaxRequestWorkers 16
KeepAlive On
Timeout 60
DocumentRoot ${join(folder, 'static')}
${MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
TypesConfig /etc/mime.types
AddType text/markdown .md
DavLockDB ${join(folder, 'locks', 'DavLock')}
LimitXMLRequestBody 10485760
FileETag MTime Size
<VirtualHost 127.0.0.1:${port}>
  SSLEngine on
  SSLCertificateFile ${certificate}
  SSLCertificateKeyFile ${key}
</VirtualHost>
<Location />
  AuthType Basic
  AuthName files
  AuthBasicProvider file
  AuthUserFile ${join(folder, 'users')}
  Require valid-user
</Location>
<LocationMatch "^/(status\\.php|\\.well-known/)">
  Require all granted
</LocationMatch>
<Directory ${folder}>
  AllowOverride None
  Options None
</Directory>
AliasMatch "^/status\\.php$" ${join(folder, 'static', 'status.json')}
`;
}

function files({ folder, user }: ApacheLayout): string {
  const root = join(folder, 'files', user);
  return `Alias /dav ${root}
Alias /remote.php/dav/files/${user} ${root}
Alias /remote.php/webdav ${root}
<LocationMatch "^/(dav|remote\\.php/webdav|remote\\.php/dav/files/${user})(/|$)">
  Dav On
  DirectoryIndex disabled
  DirectorySlash Off
</LocationMatch>
`;
}

/** Radicale behind the addresses of a Nextcloud. It takes every principal for its own home: what it says of that is put right on the way. */
function calendars(user: string, port: number): string {
  const behind = ['calendars', 'addressbooks/users', 'principals/users'].map(
    (place) => `<Location /remote.php/dav/${place}/>
  RequestHeader set X-Script-Name /remote.php/dav/${place}
  ProxyPass http://127.0.0.1:${port}/
</Location>`,
  );
  return `RedirectMatch 301 "^/\\.well-known/(caldav|carddav)$" /remote.php/dav/
ProxyPreserveHost On
SetEnv proxy-initial-not-pooled 1
${behind.join('\n')}
ProxyPassMatch "^/remote\\.php/dav()/?$" http://127.0.0.1:${port}/$1
<LocationMatch "^/remote\\.php/dav/?$">
  RequestHeader set X-Script-Name /remote.php/dav/principals/users
</LocationMatch>
<LocationMatch "^/remote\\.php/dav/(principals/.*|calendars/.*|addressbooks/.*)?$">
  RequestHeader unset Accept-Encoding
  SetOutputFilter SUBSTITUTE
  SubstituteMaxLineLength 50m
  Substitute "s~(calendar-home-set><href>)/remote.php/dav/[a-z/]*/${user}/~$1/remote.php/dav/calendars/${user}/~"
  Substitute "s~(addressbook-home-set><href>)/remote.php/dav/[a-z/]*/${user}/~$1/remote.php/dav/addressbooks/users/${user}/~"
  Substitute "s~((current-user-principal|principal-URL|owner)><href>)/remote.php/dav/[a-z/]*/${user}/~$1/remote.php/dav/principals/users/${user}/~"
</LocationMatch>
<LocationMatch "^/remote\\.php/dav/?$">
  SetOutputFilter SUBSTITUTE
  Substitute "s~<href>/remote.php/dav/principals/users/</href>~<href>/remote.php/dav/</href>~"
</LocationMatch>
`;
}

import type { MailServer, SignIn } from './mail-server.js';

/** What is known about a provider of mailboxes. */
export interface ProviderPreset {
  readonly name: string;
  /** Domains of addresses; `hotmail.*` stands for hotmail.de, hotmail.co.uk and their kind. */
  readonly domains: readonly string[];
  readonly imap: MailServer;
  readonly smtp: MailServer;
  /** How its mailboxes are signed in to. */
  readonly auth: SignIn;
  /** Whether it saves what is sent to the folder of sent mail by itself, so that a copy would be a second one. */
  readonly savesSent: boolean;
  /** What the person has to do before it works: one sentence. */
  readonly note?: string;
}

const tls = (host: string, port: number): MailServer => ({ host, port, tls: 'tls' });
const starttls = (host: string, port: number): MailServer => ({ host, port, tls: 'starttls' });

/** The servers of well-known providers, from their own pages of help. Every host here is in the manifest's `permissions.net` too. */
export const PROVIDER_PRESETS: readonly ProviderPreset[] = [
  {
    name: 'Outlook',
    domains: ['outlook.*', 'hotmail.*', 'live.*', 'msn.com', 'passport.com', 'windowslive.com'],
    imap: tls('outlook.office365.com', 993),
    smtp: starttls('smtp-mail.outlook.com', 587),
    auth: 'microsoft',
    savesSent: true,
    note: 'Outlook and Hotmail accept no passwords here: answer microsoft to `auth`, and IMAP must be switched on in Outlook under Settings > Mail > Forwarding and IMAP',
  },
  {
    name: 'Gmail',
    domains: ['gmail.com', 'googlemail.com'],
    imap: tls('imap.gmail.com', 993),
    smtp: tls('smtp.gmail.com', 465),
    auth: 'password',
    savesSent: true,
    note: 'Gmail wants an app password (two-step verification must be on): https://myaccount.google.com/apppasswords',
  },
  {
    name: 'GMX',
    domains: ['gmx.de', 'gmx.net', 'gmx.at', 'gmx.ch', 'gmx.info', 'gmx.li', 'gmx.eu', 'gmx.biz', 'gmx.org', 'gmx.name'],
    imap: tls('imap.gmx.net', 993),
    smtp: tls('mail.gmx.net', 465),
    auth: 'password',
    savesSent: false,
    note: 'IMAP must be switched on at GMX under E-Mail > Einstellungen > POP3/IMAP Abruf; with two-factor sign-in an app password (anwendungsspezifisches Passwort) is needed',
  },
  {
    name: 'GMX',
    domains: ['gmx.com', 'gmx.us', 'gmx.co.uk', 'gmx.fr', 'gmx.es', 'gmx.it'],
    imap: tls('imap.gmx.com', 993),
    smtp: tls('mail.gmx.com', 465),
    auth: 'password',
    savesSent: false,
    note: 'IMAP must be switched on at GMX under E-mail > Settings > POP3 & IMAP; with two-factor sign-in an app password is needed',
  },
  {
    name: 'WEB.DE',
    domains: ['web.de'],
    imap: tls('imap.web.de', 993),
    smtp: starttls('smtp.web.de', 587),
    auth: 'password',
    savesSent: false,
    note: 'IMAP must be switched on at WEB.DE under E-Mail > Einstellungen > POP3/IMAP Abruf; with two-factor sign-in an app password (anwendungsspezifisches Passwort) is needed',
  },
  {
    name: 'iCloud',
    domains: ['icloud.com', 'me.com', 'mac.com'],
    imap: tls('imap.mail.me.com', 993),
    smtp: starttls('smtp.mail.me.com', 587),
    auth: 'password',
    savesSent: false,
    note: 'iCloud wants an app-specific password: https://account.apple.com > Sign-In and Security; some mailboxes want the part before the @ as user name',
  },
  {
    name: 'Fastmail',
    domains: ['fastmail.*', 'sent.com'],
    imap: tls('imap.fastmail.com', 993),
    smtp: tls('smtp.fastmail.com', 465),
    auth: 'password',
    savesSent: false,
    note: 'Fastmail wants an app password: https://app.fastmail.com/settings/security > App passwords',
  },
  {
    name: 'Posteo',
    domains: ['posteo.*'],
    imap: tls('posteo.de', 993),
    smtp: tls('posteo.de', 465),
    auth: 'password',
    savesSent: false,
  },
  {
    name: 'mailbox.org',
    domains: ['mailbox.org'],
    imap: tls('imap.mailbox.org', 993),
    smtp: tls('smtp.mailbox.org', 465),
    auth: 'password',
    savesSent: false,
    note: 'with two-factor sign-in mailbox.org wants an app password',
  },
  {
    name: 'Yahoo',
    domains: ['yahoo.*', 'ymail.com', 'rocketmail.com'],
    imap: tls('imap.mail.yahoo.com', 993),
    smtp: tls('smtp.mail.yahoo.com', 465),
    auth: 'password',
    savesSent: false,
    note: 'Yahoo wants an app password: https://login.yahoo.com/account/security',
  },
  {
    name: 'AOL',
    domains: ['aol.*'],
    imap: tls('imap.aol.com', 993),
    smtp: tls('smtp.aol.com', 465),
    auth: 'password',
    savesSent: false,
    note: 'AOL wants an app password: https://login.aol.com/account/security',
  },
  {
    name: 'Telekom',
    domains: ['t-online.de', 'magenta.de'],
    imap: tls('secureimap.t-online.de', 993),
    smtp: tls('securesmtp.t-online.de', 465),
    auth: 'password',
    savesSent: false,
    note: 'Telekom wants its password for e-mail programs, which is set in its customer centre and is not that of the sign-in',
  },
];

/** Finds what is known about the provider of an address, by its domain; `undefined` for an unknown one. */
export function presetOfAddress(address: string): ProviderPreset | undefined {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  return PROVIDER_PRESETS.find((preset) => preset.domains.some((pattern) => matches(domain, pattern)));
}

/** Finds the provider that a server belongs to, by its host. */
export function presetOfHost(host: string): ProviderPreset | undefined {
  const name = host.toLowerCase();
  if (name === 'smtp.office365.com') return PROVIDER_PRESETS.find((preset) => preset.name === 'Outlook');
  return PROVIDER_PRESETS.find((preset) => preset.imap.host === name || preset.smtp.host === name);
}

function matches(domain: string, pattern: string): boolean {
  if (!pattern.endsWith('.*')) return domain === pattern;
  const name = pattern.slice(0, -1);
  return domain.startsWith(name) && /^(com|org|net|[a-z]{2}|(com|co)\.[a-z]{2})$/.test(domain.slice(name.length));
}

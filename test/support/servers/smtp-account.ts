import type { PluginSettings } from 'pyra/plugin';

/** Where a server of a test takes mail, as much of it as an account has to know. */
export interface SmtpServer {
  readonly host: string;
  /** SMTP with STARTTLS. */
  readonly port: number;
  /** SMTP over TLS from the start. */
  readonly tlsPort: number;
  /** The certificate of its authority, as a PEM file. */
  readonly ca: string;
}

/** The answers of setup that make an account send by this server. */
export function smtpSettings(server: SmtpServer, tls: 'tls' | 'starttls' = 'tls'): PluginSettings {
  return { smtp_host: server.host, smtp_port: tls === 'tls' ? server.tlsPort : server.port, smtp_tls: tls };
}

/** How a server is spoken to: TLS from the start, TLS after STARTTLS, or in the clear, which the person has to write so. */
export type Encryption = 'tls' | 'starttls' | 'none';

/** Where a server listens. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly tls: Encryption;
}

/** How an account signs in. */
export type SignIn = 'password' | 'microsoft' | 'google';

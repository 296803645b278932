import { ToolFailure } from 'pyra/plugin';

/** Where people sign in at Microsoft when nothing else is configured: private and company accounts alike. */
export const MICROSOFT_AUTHORITY = 'https://login.microsoftonline.com/common';

/** Where an account signs in. */
export interface MicrosoftAuthority {
  /** Without a slash at its end. */
  readonly url: string;
  /** Scheme, host and port: tokens go there and nowhere else. */
  readonly origin: string;
  /** Host and port, as MSAL calls an authority that it need not ask Microsoft about. */
  readonly host: string;
}

/**
 * Reads the answer to the question `authority`; without one it is Microsoft's own.
 * @throws ToolFailure when it is no https address with a tenant.
 */
export function microsoftAuthority(answer: unknown): MicrosoftAuthority {
  const text = typeof answer === 'string' && answer.trim() !== '' ? answer.trim() : MICROSOFT_AUTHORITY;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const tenant = url?.pathname.split('/').filter((part) => part !== '') ?? [];
  if (
    url === undefined ||
    url.protocol !== 'https:' ||
    url.username !== '' ||
    url.password !== '' ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    throw new ToolFailure(`authority: ${JSON.stringify(text.slice(0, 100))} is not an https address such as ${MICROSOFT_AUTHORITY}`);
  }
  if (tenant.length !== 1) throw new ToolFailure(`authority: the address must end with the tenant, as ${MICROSOFT_AUTHORITY} does`);
  return { url: `${url.origin}/${tenant[0]}`, origin: url.origin, host: url.host };
}

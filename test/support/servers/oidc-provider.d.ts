/** The little of oidc-provider, which has no types of its own, that the tests use. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  /** A kind of token, as the server keeps it. */
  export interface TokenModel {
    find(
      token: string,
    ): Promise<{ readonly isExpired: boolean; readonly accountId: string; readonly scope: string; readonly exp: number } | undefined>;
    revokeByGrantId(grantId: string): Promise<void>;
  }

  export class Provider {
    constructor(issuer: string, configuration: object);
    readonly AccessToken: TokenModel;
    readonly RefreshToken: TokenModel;
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    on(event: 'refresh_token.saved', listener: (token: { readonly grantId: string }) => void): this;
  }
}

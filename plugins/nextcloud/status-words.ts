/** Who refused, and whom it refused. */
export interface RefusedRequest {
  /** `host:port` of the server. */
  readonly server: string;
  readonly user: string;
  /** The command with which the person answers the questions of setup again. */
  readonly setup: string;
}

/** Says in words what a status means for any request, `what` being what it was about; `undefined` where that hangs on the request. */
export function statusWords(status: number, what: string, { server, user, setup }: RefusedRequest): string | undefined {
  switch (status) {
    case 401:
      return `${server} refused the sign-in of ${user}; the person checks user name and password (Nextcloud wants an app password, made in its security settings) with ${setup}`;
    case 413:
      return `${what} is too large for ${server}`;
    case 423:
      return `${what} is locked on ${server}, so nothing was changed; try again when it is released`;
    case 429:
      return `${server} wants fewer requests (after several refused sign-ins Nextcloud slows down); try again in some minutes`;
    case 503:
      return `${server} is in maintenance or overloaded; try again later`;
    default:
      return undefined;
  }
}

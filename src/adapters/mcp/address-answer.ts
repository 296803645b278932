/** What a server answered to one request: its head, and the bytes behind it, which have to be read or given up. */
export interface AddressAnswer {
  readonly status: number;
  /** The media type without parameters, in lower case; empty when the server did not say. */
  readonly type: string;
  /** A header by its name in lower case; of several, the first. */
  header(name: string): string | undefined;
  /** Rejects with the signal's reason, or with what broke the connection in words. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Reads nothing more of it. */
  discard(): void;
}

/** A server did what no server may: its connection is ended, with these words behind its name. */
export class ServerBreach extends Error {
  override readonly name = 'ServerBreach';
}

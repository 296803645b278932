/** An error that one side of a JSON-RPC connection answers with; its message is meant for the other side. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  /** JSON-RPC 2.0, §5.1; -32000 to -32099 are free for the methods themselves. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** There is no such method. */
export const METHOD_NOT_FOUND = -32601;

/** The side that was asked broke. */
export const INTERNAL_ERROR = -32603;

/** The method was run and failed, as its message says. */
export const METHOD_FAILED = -32000;

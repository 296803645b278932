/** Every way in which Pyra fails that the person can do something about. */
export type ErrorCode =
  | 'settings/invalid'
  | 'home/insecure'
  | 'home/locked'
  | 'home/unwritable'
  | 'conversation/corrupt'
  | 'vault/absent'
  | 'vault/locked'
  | 'vault/wrong-passphrase'
  | 'vault/corrupt'
  | 'model/auth'
  | 'model/not-found'
  | 'model/rate-limited'
  | 'model/overloaded'
  | 'model/context-overflow'
  | 'model/network'
  | 'model/timeout'
  | 'model/bad-response'
  | 'memory/invalid-id'
  | 'memory/unreadable'
  | 'path/outside-boundary'
  | 'channel/auth'
  | 'channel/network'
  | 'plugin/bad-manifest'
  | 'plugin/crashed'
  | 'plugin/incompatible'
  | 'mcp/unreachable'
  | 'mcp/auth'
  | 'daemon/unreachable'
  | 'not-found'
  | 'limit/reached'
  | 'usage';

const BRAND = Symbol.for('pyra.error');

/** What a {@link PyraError} carries besides its code and message. */
export interface PyraErrorDetails {
  /** What the person can do next. */
  readonly hint?: string;
  /** Whether the same request may succeed later without any change. */
  readonly retryable?: boolean;
  /** How long the other side asked to wait before the next try, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The most further tries that make sense, where that is fewer than usual. */
  readonly retryLimit?: number;
  readonly cause?: unknown;
}

/** An error that the person can mend: printed as message and hint, never with a stack. */
export class PyraError extends Error {
  override readonly name = 'PyraError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly retryLimit: number | undefined;
  readonly [BRAND] = true;

  constructor(code: ErrorCode, message: string, details: PyraErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.retryable = details.retryable ?? false;
    this.retryAfterMs = details.retryAfterMs;
    this.retryLimit = details.retryLimit;
  }
}

/** Whether a thrown value is a PyraError (of this or another copy of the library), and of the given code if one is given. */
export function isPyraError(error: unknown, code?: ErrorCode): error is PyraError {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) return false;
  return code === undefined || (error as PyraError).code === code;
}

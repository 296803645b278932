/** What kept a connection from being made, or broke it, as far as a person can do something about it. */
export interface ConnectionFault {
  readonly kind: 'tls' | 'refused' | 'unknown-name' | 'name-lookup' | 'other';
  /** The system's or library's code, such as `ECONNREFUSED`; empty when there is none. */
  readonly code: string;
}

const TLS = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ERR_TLS|ERR_SSL|EPROTO|SSL routines/;

const KINDS: Readonly<Record<string, ConnectionFault['kind']>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'unknown-name',
  EAI_AGAIN: 'name-lookup',
};

/** Reads the fault out of an error of a client library, however deep it lies. */
export function connectionFault(error: unknown): ConnectionFault {
  const code = codeOf(error);
  return { kind: TLS.test(code) ? 'tls' : (KINDS[code] ?? 'other'), code };
}

/** The code of the innermost error that has one; failed attempts for several addresses are in `errors`. */
function codeOf(error: unknown): string {
  let code = '';
  for (let at: unknown = error, depth = 0; typeof at === 'object' && at !== null && depth < 8; depth += 1) {
    const step = at as { code?: unknown; cause?: unknown; errors?: unknown };
    if (typeof step.code === 'string') code = step.code;
    at = step.cause ?? (Array.isArray(step.errors) ? step.errors[0] : undefined);
  }
  return code;
}

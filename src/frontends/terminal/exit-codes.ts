import { type ErrorCode, isPyraError } from '../../core/domain/errors.js';

/** What the process tells its caller; the numbers are public and never change their meaning. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 130 | 143;

/** Each exit code by name, so that commands need no bare numbers. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  credential: 4,
  approval: 5,
  network: 6,
  limit: 7,
  daemon: 8,
  findings: 9,
  interrupted: 130,
  terminated: 143,
} as const satisfies Readonly<Record<string, ExitCode>>;

/** What each exit code means, as `pyra help exit-codes` prints it. */
export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, 'ok'],
  [EXIT.failure, 'failure'],
  [EXIT.usage, 'wrong usage, or input needed without a terminal'],
  [EXIT.notFound, 'not found'],
  [EXIT.credential, 'credential missing or refused, or the vault is locked'],
  [EXIT.approval, 'approval denied or unavailable'],
  [EXIT.network, 'provider or network; trying again may help'],
  [EXIT.limit, 'limit reached (rounds, cost, time)'],
  [EXIT.daemon, 'daemon unreachable'],
  [EXIT.findings, 'findings (security audit, doctor)'],
  [EXIT.interrupted, 'interrupted (SIGINT)'],
  [EXIT.terminated, 'terminated (SIGTERM)'],
];

const BY_ERROR: Readonly<Record<ErrorCode, ExitCode>> = {
  'settings/invalid': EXIT.failure,
  'home/insecure': EXIT.failure,
  'home/locked': EXIT.failure,
  'home/unwritable': EXIT.failure,
  'conversation/corrupt': EXIT.failure,
  'vault/absent': EXIT.credential,
  'vault/locked': EXIT.credential,
  'vault/wrong-passphrase': EXIT.credential,
  'vault/corrupt': EXIT.failure,
  'model/auth': EXIT.credential,
  'model/not-found': EXIT.notFound,
  'model/rate-limited': EXIT.network,
  'model/overloaded': EXIT.network,
  'model/context-overflow': EXIT.limit,
  'model/network': EXIT.network,
  'model/timeout': EXIT.limit,
  'model/bad-response': EXIT.network,
  'memory/invalid-id': EXIT.usage,
  'memory/unreadable': EXIT.failure,
  'path/outside-boundary': EXIT.usage,
  'channel/auth': EXIT.credential,
  'channel/network': EXIT.network,
  'plugin/bad-manifest': EXIT.failure,
  'plugin/crashed': EXIT.failure,
  'plugin/incompatible': EXIT.failure,
  'mcp/unreachable': EXIT.network,
  'mcp/auth': EXIT.credential,
  'daemon/unreachable': EXIT.daemon,
  'not-found': EXIT.notFound,
  'limit/reached': EXIT.limit,
  usage: EXIT.usage,
};

/** The exit code for a thrown value; 1 for everything that is not a PyraError. */
export function exitCodeOf(error: unknown): ExitCode {
  return isPyraError(error) ? (BY_ERROR[error.code] ?? EXIT.failure) : EXIT.failure;
}

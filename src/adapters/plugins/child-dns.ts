import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { failure } from '../support/sandbox/child-mux.js';
import type { ChildNames } from './child-names.js';

type Answered = (error: Error | null, ...results: readonly unknown[]) => void;
type Ask = (...args: readonly unknown[]) => Promise<readonly unknown[]>;

const TTL_SECONDS = 60;
const OTHERS: readonly string[] = [
  ...['resolveAny', 'resolveCaa', 'resolveCname', 'resolveMx', 'resolveNaptr', 'resolveNs', 'resolvePtr', 'resolveSoa', 'resolveSrv'],
  ...['resolveTlsa', 'resolveTxt', 'reverse', 'lookupService'],
];

/**
 * Answers `node:dns` with stand-ins for the addresses of names, since the broker resolves them when they are connected to. Whatever asks
 * for other records is refused: a plugin has no name server.
 */
export function routeNames(names: ChildNames): void {
  const dns = process.getBuiltinModule('node:dns');
  const asks: Readonly<Record<string, Ask>> = {
    lookup: async (name, options) => looked(names, String(name), options),
    resolve4: async (name, options) => [resolved(names, String(name), options)],
    resolve6: async (name) => {
      throw failure('ENODATA', `queryAaaa ENODATA ${name}`);
    },
    resolve: async (name, type) => {
      if (type === undefined || type === 'A' || typeof type === 'function') return [resolved(names, String(name), undefined)];
      if (type === 'AAAA') throw failure('ENODATA', `queryAaaa ENODATA ${name}`);
      throw refusal(name);
    },
    ...Object.fromEntries(OTHERS.map((method) => [method, async (name: unknown) => Promise.reject(refusal(name))])),
  };
  for (const [method, ask] of Object.entries(asks)) {
    const promised = async (...args: readonly unknown[]): Promise<unknown> => {
      const [first, second] = await ask(...args);
      return method === 'lookup' && second !== undefined ? { address: first, family: second } : first;
    };
    const called = Object.assign(withCallback(ask), { [promisify.custom]: promised });
    for (const target of [dns, dns.Resolver.prototype]) if (method in target) Object.assign(target, { [method]: called });
    for (const target of [dns.promises, dns.promises.Resolver.prototype])
      if (method in target) Object.assign(target, { [method]: promised });
  }
}

function looked(names: ChildNames, name: string, options: unknown): readonly unknown[] {
  const { family = 0, all = false } =
    typeof options === 'object' && options !== null ? (options as { family?: unknown; all?: boolean }) : { family: options };
  const address = names.addressOf(name);
  const found = isIP(address);
  const wanted = String(family ?? 0).replace('IPv', '');
  if (wanted !== '0' && wanted !== String(found) && /^[46]$/.test(wanted)) throw failure('ENOTFOUND', `getaddrinfo ENOTFOUND ${name}`);
  return all ? [[{ address, family: found }]] : [address, found];
}

function resolved(names: ChildNames, name: string, options: unknown): readonly unknown[] {
  const address = names.addressOf(name);
  const ttl = typeof options === 'object' && options !== null && 'ttl' in options && options.ttl === true;
  return [ttl ? { address, ttl: TTL_SECONDS } : address];
}

/** The form with a callback as the last argument, which is never called before the call has returned. */
function withCallback(ask: Ask): (...args: readonly unknown[]) => object {
  return (...args) => {
    const done = args.at(-1) as Answered;
    if (typeof done !== 'function')
      throw Object.assign(new TypeError('the last argument must be a function'), { code: 'ERR_INVALID_ARG_TYPE' });
    ask(...args.slice(0, -1)).then(
      (results) => process.nextTick(done, null, ...results),
      (error: Error) => process.nextTick(done, error),
    );
    return {};
  };
}

function refusal(name: unknown): Error {
  return failure('EACCES', `egress refused: a plugin has no name server (asked for ${name})`);
}

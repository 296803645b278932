import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { PluginContext } from 'pyra/plugin';

/** What a server of a test gives to sign in with. */
export interface TestAccount {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

/** The context of a call of the plugin in the process of the test, with one account; what it reports comes into `lines`. */
export function nextcloudContext(
  account: TestAccount,
  options: { readonly signal?: AbortSignal; readonly lines?: string[] } = {},
): PluginContext {
  const settings = { url: account.url, user: account.user };
  return {
    settings,
    accounts: { main: settings },
    secrets: {
      get: async (name) => (name === 'main.password' ? account.password : undefined),
      set: async () => undefined,
    },
    dataDir: '/nonexistent',
    log: () => undefined,
    progress: (text) => options.lines?.push(text),
    signal: options.signal ?? new AbortController().signal,
  };
}

/** Trusts an authority (a PEM file) in this process until the returned function is called, as the runtime of a plugin does with its `ca`. */
export function trustAuthority(path: string): () => void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, readFileSync(path, 'utf8')]);
  return () => setDefaultCACertificates(before);
}

/** The failure that a call ends with; an error when it ends well. */
export async function failureOf(call: Promise<unknown>): Promise<Error> {
  try {
    await call;
  } catch (thrown) {
    if (thrown instanceof Error) return thrown;
  }
  throw new Error('a failure was expected');
}

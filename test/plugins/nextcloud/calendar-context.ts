import { type PluginContext, ToolFailure } from 'pyra/plugin';
import { nextcloudContext, type TestAccount } from './nextcloud-context.js';

/** A context as `nextcloudContext` makes it, for someone in Berlin; `dataDir` is where versions are kept. */
export function calendarContext(
  account: TestAccount,
  options: { readonly dataDir?: string; readonly signal?: AbortSignal } = {},
): PluginContext {
  const context = nextcloudContext(account, options.signal === undefined ? {} : { signal: options.signal });
  const settings = { ...context.settings, timezone: 'Europe/Berlin' };
  return { ...context, settings, accounts: { main: settings }, dataDir: options.dataDir ?? context.dataDir };
}

/** The words of the {@link ToolFailure} that a call ends with; anything else is an error. */
export async function failureWords(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (thrown) {
    if (thrown instanceof ToolFailure) return thrown.message;
    throw thrown;
  }
  throw new Error('a failure was expected');
}

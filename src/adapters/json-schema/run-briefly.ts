import type { Context, Script } from 'node:vm';

let prepared: { readonly holder: Context; readonly script: Script } | undefined;

/**
 * Runs something that does not wait and may never end: a regular expression, too, is stopped after so many milliseconds. Gives `undefined`
 * then; what it throws is thrown on.
 */
export function runBriefly<T>(run: () => T, milliseconds: number): T | undefined {
  prepared ??= prepare();
  const { holder, script } = prepared;
  let result: T | undefined;
  holder.run = (): void => {
    result = run();
  };
  try {
    script.runInContext(holder, { timeout: milliseconds });
    return result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  } finally {
    holder.run = undefined;
  }
}

/** Loaded when it is first needed: a start needs none of it. */
function prepare(): { readonly holder: Context; readonly script: Script } {
  const { createContext, Script } = process.getBuiltinModule('node:vm');
  return { holder: createContext({ run: undefined }), script: new Script('run()') };
}

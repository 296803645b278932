/** What a promise gave, or that the signal aborted first. */
export type Raced<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'aborted' };

/** Waits for work or for the signal, whichever comes first; never rejects. Work that goes on after an abort is not waited for. */
export function raceAbort<T>(work: () => Promise<T>, signal: AbortSignal): Promise<Raced<T>> {
  if (signal.aborted) return Promise.resolve({ kind: 'aborted' });
  return new Promise((resolve) => {
    const onAbort = (): void => resolve({ kind: 'aborted' });
    signal.addEventListener('abort', onAbort, { once: true });
    const settle = (result: Raced<T>): void => {
      signal.removeEventListener('abort', onAbort);
      resolve(result);
    };
    started(work).then(
      (value) => settle({ kind: 'value', value }),
      (error: unknown) => settle({ kind: 'threw', error }),
    );
  });
}

/** A synchronous throw counts as a rejection. */
async function started<T>(work: () => Promise<T>): Promise<T> {
  return work();
}

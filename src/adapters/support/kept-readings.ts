import { lstatSync } from 'node:fs';

/** What was made of files, each kept for as long as the file is the same one: for what is looked at at every call of a tool. */
export class KeptReadings<T> {
  readonly #kept = new Map<string, { readonly mark: string; readonly value: T }>();

  /** What was made of a file, if it is the same one as then; `undefined` when that is not known. */
  known(path: string): T | undefined {
    const kept = this.#kept.get(path);
    return kept !== undefined && markOf(path) === kept.mark ? kept.value : undefined;
  }

  /** The same, else what `read` makes of the file as it is now. What it makes of none is not kept. */
  read(path: string, read: () => T): T {
    const known = this.known(path);
    if (known !== undefined) return known;
    // Before it is read: whoever writes it meanwhile has it read anew.
    const mark = markOf(path);
    const value = read();
    if (mark === undefined || value === undefined) this.#kept.delete(path);
    else this.#kept.set(path, { mark, value });
    return value;
  }
}

/** Every write makes another file, and no two files have the same of all this at once. */
function markOf(path: string): string | undefined {
  const status = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return status === undefined ? undefined : `${status.ino} ${status.size} ${status.mtimeNs} ${status.ctimeNs}`;
}

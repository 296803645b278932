import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder with the public data sets, which are not part of the project. */
export class DataFolder {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Whether a data set is there. */
  has(name: string): boolean {
    return existsSync(join(this.#path, name));
  }

  /** Where a data set is. */
  path(name: string): string {
    return join(this.#path, name);
  }

  /** A JSON file of it. */
  json<T>(name: string): T {
    return JSON.parse(readFileSync(join(this.#path, name), 'utf8')) as T;
  }

  /** A file of it with one JSON value a line. */
  jsonLines<T>(name: string): readonly T[] {
    const lines = readFileSync(join(this.#path, name), 'utf8').split('\n');
    return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as T);
  }
}

/** What every figure of the security bench is given. */
export interface SecurityContext {
  readonly data: DataFolder;
}

/** Measures the figures that belong together. To add one: a file here, and a line in `security.ts`. */
export interface SecurityBenchmark {
  readonly name: string;
  figures(context: SecurityContext): Promise<readonly import('./figure.js').SecurityFigure[]>;
}

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The package that a file of Pyra's is in, whole: what starts Pyra lies in it too. The file itself where it is in none. */
export function packageOf(file: string): string {
  for (let place = dirname(file); place !== dirname(place); place = dirname(place)) {
    if (existsSync(join(place, 'package.json'))) return place;
  }
  return file;
}

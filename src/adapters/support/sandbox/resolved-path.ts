import { lstat, readlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, parse, resolve } from 'node:path';

/** A symbolic link, where it really lies. */
export interface PathLink {
  readonly path: string;
  /** As it stands in the link. */
  readonly target: string;
}

/** What a path leads to, and through which links, in their order. */
export interface ResolvedPath {
  readonly real: string;
  readonly links: readonly PathLink[];
}

/** As many as Linux follows. */
const MAX_LINKS = 40;

/** Follows an absolute path link by link, in its folders too; `undefined` when it leads nowhere. */
export async function resolvedPath(path: string): Promise<ResolvedPath | undefined> {
  const links: PathLink[] = [];
  const waiting = parts(resolve(path));
  let real = parse(resolve(path)).root;
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const next = name === '..' ? dirname(real) : join(real, name);
    const stats = await lstat(next).catch(() => undefined);
    if (stats === undefined || links.length > MAX_LINKS) return undefined;
    if (stats.isSymbolicLink()) {
      const target = await readlink(next);
      links.push({ path: next, target });
      if (isAbsolute(target)) real = parse(target).root;
      waiting.unshift(...parts(target));
    } else real = next;
  }
  return { real, links };
}

function parts(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

import { readdirSync, realpathSync, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Finding } from '../../core/domain/finding.js';
import { isTemporaryFile } from '../support/atomic-file.js';
import { type HomePaths, homePaths } from '../support/home-paths.js';
import { homeFolders, widestMode } from './home-layout.js';
import { isForeign, isTooWide, modeFinding, narrowMode, shownPath, statusOf } from './mode-check.js';

/** Everything that is wrong with a home, without changing it. */
export function inspectHome(root: string): readonly Finding[] {
  const missing: Finding = { label: 'home-missing', category: 'home', message: 'there is no home yet', fix: 'pyra setup' };
  if (statusOf(root) === undefined) return [missing];
  const paths = homePaths(realpathSync(root));
  const findings: Finding[] = [];
  walk(paths, paths.root, (path, status) => findings.push(...faultsOf(paths, path, status)));
  for (const folder of homeFolders(paths)) {
    if (statusOf(folder.path) !== undefined) continue;
    const shown = shownPath(paths.root, folder.path);
    findings.push({ label: 'folder-missing', category: 'home', message: `${shown}/ is missing`, fix: 'pyra doctor --fix' });
  }
  if (statusOf(paths.vaultSentinel) === undefined) {
    findings.push({
      label: 'vault-sentinel-missing',
      category: 'vault',
      message: 'vault/.vault_lock is missing',
      fix: statusOf(paths.keyring) === undefined ? 'pyra vault init' : 'pyra vault init --recover',
    });
  }
  return findings;
}

/** Narrows every too wide mode below a home that is the person's to change. Gives what was repaired. */
export function repairHome(paths: HomePaths): readonly Finding[] {
  const repaired: Finding[] = [];
  walk(paths, paths.root, (path, status) => {
    const widest = widestMode(paths, path, status.isDirectory());
    if (!(status.isDirectory() || status.isFile()) || isForeign(status) || !isTooWide(status.mode, widest)) return;
    narrowMode(path, status.mode & widest);
    repaired.push(modeFinding(shownPath(paths.root, path), status.mode, widest, true));
  });
  return repaired;
}

function faultsOf(paths: HomePaths, path: string, status: Stats): readonly Finding[] {
  const shown = shownPath(paths.root, path);
  const findings: Finding[] = [];
  const add = (label: string, message: string, fix: string): unknown =>
    findings.push({ label, category: 'home', message: `${shown} ${message}`, fix });
  if (isForeign(status)) add('foreign-owner', 'belongs to another user', `chown it, or remove it: ${path}`);
  if (status.isSymbolicLink()) {
    add('symbolic-link', 'is a symbolic link; pyra does not follow it', `replace it by what it points to: ${path}`);
    return findings;
  }
  const widest = widestMode(paths, path, status.isDirectory());
  if (isTooWide(status.mode, widest)) findings.push(modeFinding(shown, status.mode, widest, false));
  if (isTemporaryFile(path.slice(path.lastIndexOf('/') + 1)) && Date.now() - status.mtimeMs > 600_000) {
    add('left-over', 'was left by a process that was killed', `rm '${path}'`);
  }
  return findings;
}

/**
 * Visits a folder and everything below it that is not behind a link; profiles are homes of their own. What a plugin keeps in its `data/` is its
 * own, and so is what an MCP server keeps in its folder: as much as it likes, and in folders as deep; nobody else gets there through the
 * folder above.
 */
function walk(paths: HomePaths, path: string, visit: (path: string, status: Stats) => void): void {
  const status = statusOf(path);
  if (status === undefined) return;
  visit(path, status);
  if (!status.isDirectory() || path === paths.profiles || isOwnData(paths, path)) return;
  let names: readonly string[];
  try {
    names = readdirSync(path).sort();
  } catch {
    // A folder of another user: its own finding says so.
    return;
  }
  for (const name of names) walk(paths, join(path, name), visit);
}

function isOwnData({ plugins, mcp }: HomePaths, path: string): boolean {
  return dirname(path) === mcp || (basename(path) === 'data' && dirname(dirname(path)) === plugins);
}

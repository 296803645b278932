import { stat } from 'node:fs/promises';
import { attachmentPath } from './attachment-path.js';

/** The files that a message names as `@path` or `@"a path"`: only those that exist, so that `@ana` stays a word. Each once. */
export async function atPaths(text: string, cwd: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const [, quoted, plain = ''] of text.matchAll(/(?<=^|\s)@(?:"([^"\n]+)"|([^\s"]+))/g)) {
    const candidates = quoted === undefined ? [plain, plain.replace(/[.,;:!?)\]]+$/, '')] : [quoted];
    for (const path of candidates) {
      const known = path === '' ? undefined : await stat(attachmentPath(path, cwd)).catch(() => undefined);
      if (known?.isFile() !== true) continue;
      found.add(path);
      break;
    }
  }
  return [...found];
}

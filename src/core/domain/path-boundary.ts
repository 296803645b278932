/**
 * Whether an absolute POSIX-style path is the root itself or lies below it, judged by its text alone.
 * Symbolic links are the business of the adapter that opens the file.
 */
export function isInside(root: string, path: string): boolean {
  const parts = (text: string): string[] => text.split(/[\\/]+/).filter((part) => part !== '' && part !== '.');
  const rootParts = parts(root);
  const pathParts = parts(path);
  if (rootParts.includes('..') || pathParts.includes('..')) return false;
  return rootParts.every((part, index) => pathParts[index] === part);
}

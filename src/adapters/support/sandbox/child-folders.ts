/** A file or folder of a child: the path by which it knows it, and what that really is. */
export interface ChildPath {
  readonly path: string;
  readonly real: string;
}

/** Everything on disk that a child may use. */
export interface ChildFolders {
  /** Its own folder and its runtime first, then the folders that it was granted. */
  readonly readable: readonly ChildPath[];
  /** Its data folder first, which is its `HOME` too. */
  readonly writable: readonly [ChildPath, ...ChildPath[]];
  /** The programs that it may start, absolute. */
  readonly programs: readonly string[];
}

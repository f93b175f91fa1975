/** A file as a tree of Git has it. */
export interface TreeFile {
  /** Git's own: `100644` for a file, `120000` for a link. */
  readonly mode: string;
  readonly text: string;
  /** Whether the text is what the bytes say; otherwise it stands for bytes that are no UTF-8. */
  readonly isText: boolean;
}

/** A file of which two trees have different versions; null where a tree has none. */
export interface FileVersions {
  /** Relative to dist/. */
  readonly path: string;
  readonly before: TreeFile | null;
  readonly after: TreeFile | null;
}

/** A rule that spans several parts of the file was broken. */
export interface Breach {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

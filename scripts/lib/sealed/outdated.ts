/** Something that a build has made and that another build replaces in time. */
export interface BuildOutput {
  /** Outputs of one kind replace each other: `go`, `debian`, `kindest/node`. */
  readonly kind: string;
  /** Unique within its kind. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
  /** Whether a container or the Docker engine runs on it. */
  readonly inUse: boolean;
}

/** How long an output may be unused. */
export const KEPT_DAYS = 30;
/** So many of a kind stay however old they are: the one before a change is what one goes back to. */
export const KEPT_NEWEST = 2;

/** Those that may go: not in use, not used for 30 days, not among the two of a kind used last. */
export function outdated(outputs: readonly BuildOutput[], now: number): readonly BuildOutput[] {
  const limit = now - KEPT_DAYS * 24 * 60 * 60 * 1000;
  const byKind = Map.groupBy(outputs, ({ kind }) => kind);
  return [...byKind.values()].flatMap((same) =>
    same
      .toSorted((a, b) => b.usedAt - a.usedAt)
      .slice(KEPT_NEWEST)
      .filter(({ usedAt, inUse }) => !inUse && usedAt < limit),
  );
}

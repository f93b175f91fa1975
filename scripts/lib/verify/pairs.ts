/** Who is tried by whom. */
export interface Pair {
  readonly from: string;
  readonly to: string;
}

/** How many others each tenant tries where nothing else is asked for. */
export const NEIGHBOURS = 5;

/**
 * Every tenant against the `neighbours` that follow it in a ring, so that each is also tried by as
 * many. With `subjects`, only the pairs that one of them is part of.
 */
export function pairsOf(
  ids: readonly string[],
  neighbours: number,
  subjects: readonly string[] = ids,
): readonly Pair[] {
  const reach = Math.min(neighbours, ids.length - 1);
  return ids
    .flatMap((from, index) =>
      Array.from({ length: reach }, (_, step) => ({
        from,
        to: ids[(index + step + 1) % ids.length] ?? from,
      })),
    )
    .filter(({ from, to }) => subjects.includes(from) || subjects.includes(to));
}

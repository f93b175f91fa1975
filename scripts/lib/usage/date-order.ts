/** Git's first commit, April 7, 2005: an older date is a clock that was never set. */
const FIRST_DATE = Date.UTC(2005, 3, 7);

/**
 * When commits count from, given their dates in the order of the history. As many dates as can
 * stand in order, none of them before Git or after `now`, stand as they are; of several such
 * choices the one that keeps the earlier commits. The others are moved to the nearest of these.
 * Milliseconds since 1970.
 */
export function orderDates(dates: readonly number[], now: number): readonly number[] {
  const kept = longestInOrder(
    dates.map((date) => date >= FIRST_DATE && date <= now),
    dates,
  );
  const next: number[] = [];
  let after = now;
  for (let index = dates.length - 1; index >= 0; index -= 1) {
    if (kept.has(index)) after = dates[index] ?? after;
    next[index] = after;
  }
  let before = -Infinity;
  return dates.map((date, index) => {
    const latest = next[index] ?? now;
    // Before the first date that stands there is nothing to move to but that one.
    const earliest = before === -Infinity && !kept.has(index) ? latest : before;
    before = Math.min(Math.max(date, earliest), latest);
    return before;
  });
}

/** The indexes of the longest sequence of usable dates that never goes back; the first such one. */
function longestInOrder(usable: readonly boolean[], dates: readonly number[]): ReadonlySet<number> {
  // From the end: heads[n] is the greatest date that a sequence of n + 1 dates can begin with.
  const heads: number[] = [];
  const lengths = dates.map(() => 0);
  for (let index = dates.length - 1; index >= 0; index -= 1) {
    if (usable[index] !== true) continue;
    const date = dates[index] ?? 0;
    const at = firstBelow(heads, date);
    heads[at] = date;
    lengths[index] = at + 1;
  }
  const kept = new Set<number>();
  let latest = -Infinity;
  for (const [index, date] of dates.entries()) {
    if (lengths[index] === 0 || lengths[index] !== heads.length - kept.size || date < latest)
      continue;
    kept.add(index);
    latest = date;
  }
  return kept;
}

/** The first index of a list that never rises whose element is less than `date`. */
function firstBelow(heads: readonly number[], date: number): number {
  let [low, high] = [0, heads.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((heads[middle] ?? 0) >= date) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `1 change`, `1,000 changes`. */
export function many(count: number, word: string): string {
  return `${count.toLocaleString('en-US')} ${word}${count === 1 ? '' : 's'}`;
}

/** So many ids are named; the rest is counted. */
const MAX_NAMED = 10;

/** What deploy does of orphans, and what can be done. */
export function orphanLines(orphans: readonly string[]): readonly string[] {
  const rest = orphans.length - MAX_NAMED;
  return [
    ...orphans
      .slice(0, MAX_NAMED)
      .map(
        (id) =>
          `${id}: orphan: live, but not in dist/; left alone\n` +
          `  → put it back into tenants.json, and pnpm offboard ${id} where it is to go`,
      ),
    ...(rest > 0 ? [`${many(rest, 'more orphan')}\n  → pnpm status names them all`] : []),
  ];
}

/** `alice, bob and 3 more`. */
export function named(ids: readonly string[], most = MAX_NAMED): string {
  const rest = ids.length - most;
  if (rest <= 0) return ids.join(', ');
  return `${ids.slice(0, most).join(', ')} and ${rest.toLocaleString('en-US')} more`;
}

/** A text of somebody else's as part of a line: it cannot begin another one. */
export function singleLine(text: string): string {
  return text.replaceAll(/[\r\n]/g, (character) => (character === '\n' ? '\\n' : '\\r'));
}

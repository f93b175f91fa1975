import type { Done } from '@tenantry/plan';

const NAMED = 3;

/** What was done as part of a line: few objects by their names, many by their number. */
export function summarizeChanges(changes: readonly Done[]): readonly string[] {
  const groups = Map.groupBy(changes, ({ done, text }) => done ?? text);
  return [...groups].flatMap(([done, group]) =>
    group.length > NAMED ? [`${group.length} ${done}`] : group.map(({ text }) => text),
  );
}

import type { Review } from './review.ts';

/** Changes of objects, files and figures; one that many tenants have counts for each. */
export function countChanges({ sections }: Review): number {
  return sections.reduce(
    (sum, { tenants, changes, figures }) =>
      sum + figures.length + changes.length * Math.max(1, tenants.length),
    0,
  );
}

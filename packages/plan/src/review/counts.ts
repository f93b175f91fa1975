import type { Review, ReviewSection } from './review.ts';

/** Changes of objects, files and figures; one that many tenants have counts for each. */
export function countChanges({ sections }: Review): number {
  return sections.reduce(
    (sum, { tenants, changes, figures }) =>
      sum + figures.length + changes.length * Math.max(1, tenants.length),
    0,
  );
}

/** The tenants of both trees together, and those of them that change. */
export function countTenants({ tenants, sections }: Review): {
  readonly all: number;
  readonly touched: number;
} {
  const idsOf = (of: readonly ReviewSection[]) => new Set(of.flatMap((each) => each.tenants)).size;
  const gone = sections.filter(({ kind }) => kind === 'gone');
  return { all: tenants.after + idsOf(gone), touched: idsOf(sections) };
}

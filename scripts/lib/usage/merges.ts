import type { Tenant } from '@tenantry/tenants';
import type { ContentReader } from './changes.ts';
import type { Commit, Step } from './commits.ts';
import { ABSENT, type Followed } from './follow.ts';
import { moment, type Note, short } from './notes.ts';
import { isSame } from '../git/tree-path.ts';

/**
 * What a merge brings counts from the merge. Where the merged branch had it before, and usage was
 * read from that branch (main was merged into another branch, which then became main), hours move:
 * this is said.
 */
export async function mergeNotes(
  steps: readonly Step[],
  times: readonly number[],
  { found, at }: Followed,
  content: ContentReader,
): Promise<readonly Note[]> {
  const notes = await Promise.all(
    steps.map(async (step, index): Promise<readonly Note[]> => {
      const from = times[index] ?? 0;
      const earlier = step.merged.filter(({ date }) => date < from);
      if (earlier.length === 0) return [];
      const path = found[index]?.path ?? '';
      const { tenants } = await content(found[index - 1]?.entry ?? ABSENT);
      const brought = await countedChanges(earlier, tenants, path, at, content);
      const [first] = brought.toSorted((a, b) => a.date - b.date);
      if (first === undefined) return [];
      const text =
        `merge ${short(step.hash)} brought what another branch had since ${moment(first.date)} (${short(first.hash)}); ` +
        `it counts from the merge, ${moment(from)} (as that branch counts it: --commit ${short(step.parents[1] ?? '')})`;
      return [{ kind: 'merge', text, concerns: { from: first.date, to: from } }];
    }),
  );
  return notes.flat();
}

/** The commits that changed the file to something that counts otherwise than `tenants`. */
async function countedChanges(
  commits: readonly Commit[],
  tenants: readonly Tenant[] | null,
  path: string,
  at: Followed['at'],
  content: ContentReader,
): Promise<readonly Commit[]> {
  const counted = await Promise.all(
    commits.map(async ({ hash, parents }) => {
      const [own = ABSENT, ...above] = await Promise.all(
        [hash, ...parents].map((commit) => at(commit, path)),
      );
      const theirs = above.length === 0 ? [ABSENT] : above;
      if (theirs.some((entry) => isSame(own, entry))) return false;
      const { tenants: changed } = await content(own);
      return changed !== null && !countsAlike(tenants, changed);
    }),
  );
  return commits.filter((_, index) => counted[index]);
}

function countsAlike(one: readonly Tenant[] | null, other: readonly Tenant[] | null): boolean {
  const counted = (tenants: readonly Tenant[] | null) =>
    JSON.stringify(tenants?.map(({ id, state, plan }) => [id, state, plan.requests]));
  return counted(one) === counted(other);
}

import { ExpectedError } from '../cli/errors.ts';
import {
  appliedIn,
  describeObstacle,
  type Done,
  isBlocked,
  type KubeObject,
  type ObjectChange,
  type Observed,
  type Plan,
  referenceOf,
} from '@tenantry/plan';
import { hostWideRecordObject } from '../cluster/records.ts';
import type { KubeClient } from '../kube/client.ts';
import { apply } from '../kube/requests.ts';
import { asItIs } from '../secrets/reveal.ts';
import { applyChanges } from './apply-changes.ts';
import { createNotes } from './notes.ts';
import { waitForWorkloads } from './wait-tenant.ts';

/** Carries out what is planned for what all tenants share, and says what was done. */
export async function applyHostWide(
  client: KubeClient,
  wanted: readonly KubeObject[],
  { hostWide, note }: Pick<Plan, 'hostWide' | 'note'>,
  { hostWide: seen, hostWideRecord }: Observed,
  signal: AbortSignal,
): Promise<readonly Done[]> {
  const changes = hostWide.filter((change): change is ObjectChange => 'object' in change);
  const obstacles = changes.filter(isBlocked).map((change) => describeObstacle(change, null));
  if (obstacles.length > 0) throw new ExpectedError(obstacles.join('\n'));
  if (changes.length === 0 && !note) return [];
  const notes = createNotes(client, '', hostWideRecord);
  const said: Done[] = [];
  const changed = new Set(changes.map(({ object }) => object));
  for (const object of wanted) {
    const live = seen.live.get(referenceOf(object));
    if (live !== undefined && !changed.has(referenceOf(object)))
      notes.set('host-wide', object, live);
  }
  await applyChanges({ client, reveal: asItIs, notes, said }, wanted, changes);
  const keep = appliedIn('host-wide', notes.applied);
  if (keep.size > 0) await apply(client, hostWideRecordObject(notes), { force: true });
  await waitForWorkloads({ signal }, client, wanted);
  return said;
}

import { MANAGED_BY, MANAGED_BY_LABEL } from '@tenantry/tenants';
import { apply } from '../kube/server-side-apply.ts';
import type { Host } from '../cluster/host.ts';
import { getObjects, type KubeObject, kubectl, referenceOf } from '../tools/kubectl.ts';

/** The kinds of which dist/_host has objects; all of ours of these kinds are known by their label. */
const KINDS = 'validatingadmissionpolicies,validatingadmissionpolicybindings';

/** Makes the host-wide objects match dist/_host, and says what was written. */
export async function applyHostWide(
  host: Host,
  wanted: readonly KubeObject[],
): Promise<readonly string[]> {
  const changes = await apply(host.$, host.target, wanted, { force: true });
  return [...changes, ...(await prune(host, wanted))];
}

async function prune(
  { $, target }: Host,
  wanted: readonly KubeObject[],
): Promise<readonly string[]> {
  const ours = await getObjects($, target, [
    KINDS,
    '--selector',
    `${MANAGED_BY_LABEL}=${MANAGED_BY}`,
  ]);
  const keep = new Set(wanted.map(referenceOf));
  const surplus = ours.filter((object) => !keep.has(referenceOf(object)));
  if (surplus.length > 0) {
    const names = surplus.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    await kubectl($, target, ['delete', '--ignore-not-found', ...names]);
  }
  return surplus.map((object) => `${referenceOf(object)} pruned`);
}

import { MANAGED_BY, MANAGED_BY_LABEL } from '@tenantry/tenants';
import { systemNamespaceObject } from './inventory.ts';
import { apply } from '../kube/server-side-apply.ts';
import type { Host } from '../cluster/host.ts';
import { getObjects, type KubeObject, kubectl, referenceOf } from '../tools/kubectl.ts';

/** The kinds of which dist/_host has objects; all of ours of these kinds are known by their label. */
const KINDS = 'validatingadmissionpolicies,validatingadmissionpolicybindings';
/** Every name in dist/_host begins so. */
const PREFIX = 'tenantry-';

/** Makes the host-wide objects match dist/_host, and says what was written. */
export async function applyHostWide(
  host: Host,
  wanted: readonly KubeObject[],
): Promise<readonly string[]> {
  const objects = [systemNamespaceObject(), ...wanted];
  const changes = await apply(host.$, host.target, objects, { force: true });
  return [...changes, ...(await prune(host, wanted))];
}

/** Ours by label and by name: others' policies may bear the label too. */
export function hostWideToPrune(
  labelled: readonly KubeObject[],
  wanted: readonly KubeObject[],
): readonly KubeObject[] {
  const keep = new Set(wanted.map(referenceOf));
  return labelled.filter(
    (object) => object.metadata.name.startsWith(PREFIX) && !keep.has(referenceOf(object)),
  );
}

async function prune(
  { $, target }: Host,
  wanted: readonly KubeObject[],
): Promise<readonly string[]> {
  const selector = `${MANAGED_BY_LABEL}=${MANAGED_BY}`;
  const labelled = await getObjects($, target, [KINDS, '--selector', selector]);
  const surplus = hostWideToPrune(labelled, wanted);
  if (surplus.length > 0) {
    const names = surplus.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    await kubectl($, target, ['delete', '--ignore-not-found', ...names]);
  }
  return surplus.map((object) => `${referenceOf(object)} pruned`);
}

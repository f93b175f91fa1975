import { controlPlaneClaim, INVENTORY_NAME, SYNCED_LABEL, vclusterName } from '@tenantry/tenants';
import type { ObservedObject } from './objects.ts';

/** Kubernetes makes these in every namespace. */
const EVERYWHERE = new Set(['ServiceAccount/default', 'ConfigMap/kube-root-ca.crt']);

/**
 * What lies in a tenant's host namespace and belongs neither to dist/, nor to the vcluster's
 * release, nor to what its syncer keeps there, nor to something that does: `Deployment/miner`.
 */
export function unexpectedObjects(
  objects: readonly ObservedObject[],
  id: string,
  declared: readonly Pick<ObservedObject, 'kind' | 'metadata'>[],
): readonly string[] {
  const known = new Set([
    ...EVERYWHERE,
    `ConfigMap/${INVENTORY_NAME}`,
    ...declared.map(({ kind, metadata }) => `${kind}/${metadata.name}`),
  ]);
  const family = new Set(
    objects.filter((object) => isOf(id, object)).map(({ metadata }) => metadata.uid),
  );
  const belongs = (object: ObservedObject): boolean =>
    known.has(`${object.kind}/${object.metadata.name}`) ||
    family.has(object.metadata.uid) ||
    ownersOf(object).some((uid) => family.has(uid));
  // A thing may belong to one that belongs to another: a pod's token to the pod.
  for (let before = -1; before !== family.size;) {
    before = family.size;
    for (const object of objects) if (belongs(object)) family.add(object.metadata.uid);
  }
  return objects
    .filter((object) => !belongs(object))
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`)
    .sort();
}

/** The release's own objects and the syncer's copies, by the marks that each makes. */
function isOf(id: string, { kind, metadata }: ObservedObject): boolean {
  const vcluster = vclusterName(id);
  const { labels = {}, annotations = {}, name } = metadata;
  return (
    annotations['meta.helm.sh/release-name'] === vcluster ||
    labels[SYNCED_LABEL] === vcluster ||
    (kind === 'Secret' && name.startsWith(`sh.helm.release.v1.${vcluster}.v`)) ||
    (kind === 'PersistentVolumeClaim' && name === controlPlaneClaim(id))
  );
}

function ownersOf({ metadata }: ObservedObject): readonly string[] {
  const { ownerReferences = [] } = metadata as {
    readonly ownerReferences?: readonly { readonly uid: string }[];
  };
  return ownerReferences.map(({ uid }) => uid);
}

import { SYNCED_LABEL } from '@tenantry/tenants';
import type { KubeObject } from './kube-object.ts';

/** The annotations of a `vcluster pause`, which its `resume` and `connect` go by. */
export function foreignPauses(statefulSet: KubeObject | undefined): readonly string[] {
  return Object.keys(statefulSet?.metadata.annotations ?? {})
    .filter((key) => key.startsWith('loft.sh/paused'))
    .sort();
}

/** The syncer notes a pod's owners inside on the pod outside; without any it is bare. */
export function isBarePod({ kind, metadata }: KubeObject): boolean {
  return (
    kind === 'Pod' &&
    metadata.labels?.[SYNCED_LABEL] !== undefined &&
    metadata.annotations?.['vcluster.loft.sh/owner-references'] === undefined
  );
}

/** What an object of the host's is called in the tenant's cluster: `namespace/name`. */
export function nameInside({ metadata: { annotations = {}, name } }: KubeObject): string {
  const inside = annotations['vcluster.loft.sh/object-name'] ?? name;
  return `${annotations['vcluster.loft.sh/object-namespace'] ?? '?'}/${inside}`;
}

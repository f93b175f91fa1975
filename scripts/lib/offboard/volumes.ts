import { controlPlaneClaim, hostNamespace } from '@tenantry/tenants';
import type { KubeClient } from '../kube/client.ts';
import { list } from '../kube/requests.ts';
import { type KubeObject, nameInside, type ObjectOf } from '@tenantry/plan';
import type { V1PersistentVolumeClaim } from '@tenantry/kube-library';

/** A volume that holds data of the tenant's own. */
export interface TenantVolume {
  /** Of its claim on the host. */
  readonly name: string;
  /** `namespace/name` as the tenant calls its claim. */
  readonly claim: string;
  /** As Kubernetes writes it: `10Gi`. */
  readonly size: string;
}

/** The tenant's claims on the host; its control plane's own is none of them. */
export async function tenantVolumes(
  host: KubeClient,
  id: string,
): Promise<readonly TenantVolume[]> {
  const claims = await list(host, {
    kind: 'PersistentVolumeClaim',
    namespace: hostNamespace(id),
  });
  return claims.filter(({ metadata }) => metadata.name !== controlPlaneClaim(id)).map(volumeOf);
}

function volumeOf(claim: KubeObject): TenantVolume {
  const { resources } = (claim as ObjectOf<V1PersistentVolumeClaim>).spec ?? {};
  const { name } = claim.metadata;
  return {
    name,
    claim: nameInside(claim),
    size: resources?.requests?.['storage'] ?? 'unknown size',
  };
}

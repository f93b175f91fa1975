import { controlPlaneClaim, hostNamespace } from '@tenantry/tenants';
import type { Host } from '../cluster/host.ts';
import { getObjects } from '../tools/kubectl.ts';
import { type KubeObject, nameInside, type ObjectOf } from '@tenantry/plan';
import type { V1PersistentVolumeClaim } from '@kubernetes/client-node';

/** A volume that holds data of the tenant's own. */
export interface TenantVolume {
  /** `namespace/name` as the tenant calls its claim. */
  readonly claim: string;
  /** As Kubernetes writes it: `10Gi`. */
  readonly size: string;
}

/** The tenant's claims on the host; its control plane's own is none of them. */
export async function tenantVolumes(
  { $, target }: Host,
  id: string,
): Promise<readonly TenantVolume[]> {
  const claims = await getObjects($, target, ['-n', hostNamespace(id), 'persistentvolumeclaims']);
  return claims.filter(({ metadata }) => metadata.name !== controlPlaneClaim(id)).map(volumeOf);
}

function volumeOf(claim: KubeObject): TenantVolume {
  const { resources } = (claim as ObjectOf<V1PersistentVolumeClaim>).spec ?? {};
  return { claim: nameInside(claim), size: resources?.requests?.['storage'] ?? 'unknown size' };
}

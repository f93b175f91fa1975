import type { Host } from '../host.ts';
import { getObjects, type KubeObject } from '../kubectl.ts';
import type { Place } from '../tenant-context.ts';

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
  { namespace, name }: Place,
): Promise<readonly TenantVolume[]> {
  const claims = await getObjects($, target, ['-n', namespace, 'persistentvolumeclaims']);
  return claims.filter(({ metadata }) => metadata.name !== `data-${name}-0`).map(volumeOf);
}

function volumeOf({ metadata: { annotations = {}, name }, spec }: KubeObject): TenantVolume {
  const { resources } = (spec ?? {}) as { resources?: { requests?: { storage?: string } } };
  const inside = annotations['vcluster.loft.sh/object-name'] ?? name;
  const namespace = annotations['vcluster.loft.sh/object-namespace'] ?? '?';
  return { claim: `${namespace}/${inside}`, size: resources?.requests?.storage ?? 'unknown size' };
}

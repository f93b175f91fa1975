import { MANAGED_BY, MANAGED_BY_LABEL, TENANT_LABEL } from '@tenantry/tenants';
import type { Host } from './host.ts';
import { getObjects } from './kubectl.ts';

/** Ids of the tenants that have a namespace of ours on the host. */
export async function liveTenants({ $, target }: Host): Promise<readonly string[]> {
  const namespaces = await getObjects($, target, [
    'namespaces',
    '--selector',
    `${MANAGED_BY_LABEL}=${MANAGED_BY},${TENANT_LABEL}`,
  ]);
  return namespaces.map(({ metadata }) => metadata.labels?.[TENANT_LABEL] ?? '').sort();
}

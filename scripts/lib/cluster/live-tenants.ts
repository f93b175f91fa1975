import { TENANT_LABEL, TENANTS_SELECTOR } from '@tenantry/tenants';
import type { Host } from './host.ts';
import { getObjects } from '../tools/kubectl.ts';

/** Ids of the tenants that have a namespace of ours on the host. */
export async function liveTenants({ $, target }: Host): Promise<readonly string[]> {
  const namespaces = await getObjects($, target, ['namespaces', '--selector', TENANTS_SELECTOR]);
  return namespaces.map(({ metadata }) => metadata.labels?.[TENANT_LABEL] ?? '').sort();
}

import { TENANT_LABEL, TENANTS_SELECTOR } from '@tenantry/tenants';
import type { KubeClient } from '../kube/client.ts';
import { list } from '../kube/requests.ts';

/** Ids of the tenants that have a namespace of ours on the host. */
export async function liveTenants(host: KubeClient): Promise<readonly string[]> {
  const namespaces = await list(host, { kind: 'Namespace', selector: TENANTS_SELECTOR });
  return namespaces.map(({ metadata }) => metadata.labels?.[TENANT_LABEL] ?? '').sort();
}

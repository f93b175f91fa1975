import { hostNamespace, vclusterName } from '@tenantry/tenants';

/** Where a vcluster lies on its host. */
export interface Place {
  readonly namespace: string;
  readonly name: string;
}

/** Where a tenant's own vcluster lies. */
export function placeOf(id: string): Place {
  return { namespace: hostNamespace(id), name: vclusterName(id) };
}

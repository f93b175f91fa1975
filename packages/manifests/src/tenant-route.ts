import {
  type Gateway,
  hostLabels,
  hostNamespace,
  PAUSE_PAGE,
  syncedName,
  SYSTEM_NAMESPACE,
  type Tenant,
  vclusterName,
} from '@tenantry/tenants';
import { workload } from '@tenantry/workload';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { PAUSE_PAGE_PORT } from './pause-page.ts';

export interface TenantRouteProps {
  readonly tenant: Pick<Tenant, 'id' | 'hostnames' | 'state'>;
  readonly gateway: Gateway;
}

/**
 * How a tenant is reached by its names: a route from the Gateway to the workload's Service, or, while
 * the tenant is held paused, to the page that says so.
 */
export class TenantRoute extends Construct {
  constructor(scope: Construct, id: string, { tenant, gateway }: TenantRouteProps) {
    super(scope, id);
    const labels = hostLabels(tenant.id);
    const name = vclusterName(tenant.id);
    const namespace = hostNamespace(tenant.id);
    const { service } = workload;

    // The library has no types of the Gateway API.
    new ApiObject(this, 'route', {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name, namespace, labels },
      spec: {
        parentRefs: [{ namespace: gateway.namespace, name: gateway.name }],
        hostnames: [...tenant.hostnames],
        rules: [
          {
            backendRefs: [
              tenant.state === 'active'
                ? {
                    name: syncedName(service.name, service.namespace, tenant.id),
                    port: service.port,
                  }
                : { namespace: SYSTEM_NAMESPACE, name: PAUSE_PAGE, port: PAUSE_PAGE_PORT },
            ],
          },
        ],
      },
    });
    // Also while it is not needed, so that a pause is one change and not two that may cross.
    new ApiObject(this, 'grant', {
      apiVersion: 'gateway.networking.k8s.io/v1beta1',
      kind: 'ReferenceGrant',
      metadata: { name, namespace: SYSTEM_NAMESPACE, labels },
      spec: {
        from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace }],
        to: [{ group: '', kind: 'Service', name: PAUSE_PAGE }],
      },
    });
  }
}

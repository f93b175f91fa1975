import {
  DEFAULT_CONTAINER,
  HOSTNAMES_ANNOTATION,
  hostLabels,
  hostNamespace,
  NODE_PORT_LABEL,
  RUNTIME_CLASS_LABEL,
  runtimeClassOf,
  type Tenant,
  vclusterName,
} from '@tenantry/tenants';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { podSecurity } from './pod-security.ts';
import { asQuantities, containerResources } from './quantities.ts';
import { quotaOf } from './quota.ts';

export interface HostNamespaceProps {
  readonly tenant: Pick<Tenant, 'id' | 'plan' | 'hostnames'>;
  /** How many NodePorts the workload has; the tenant may have no others. */
  readonly nodePorts: number;
  /** The host's storage classes that tenants may have. */
  readonly storageClasses: readonly string[];
}

/** A tenant's namespace on the host, what may be admitted there and how much of it. */
export class HostNamespace extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { tenant, nodePorts, storageClasses }: HostNamespaceProps,
  ) {
    super(scope, id);
    const { plan } = tenant;
    const labels = hostLabels(tenant.id);
    const sandbox = runtimeClassOf(plan);
    const metadata = { namespace: hostNamespace(tenant.id), labels };

    new k8s.KubeNamespace(this, 'namespace', {
      metadata: {
        name: hostNamespace(tenant.id),
        labels: {
          ...labels,
          ...podSecurity(),
          [NODE_PORT_LABEL]: plan.nodePort,
          ...(sandbox === null ? {} : { [RUNTIME_CLASS_LABEL]: sandbox }),
        },
        ...(tenant.hostnames.length === 0
          ? {}
          : { annotations: { [HOSTNAMES_ANNOTATION]: tenant.hostnames.join(',') } }),
      },
    });

    new k8s.KubeResourceQuota(this, 'quota', {
      metadata: { ...metadata, name: vclusterName(tenant.id) },
      spec: {
        hard: quotaOf(plan, nodePorts, storageClasses),
      },
    });

    const { requests, limits } = containerResources(DEFAULT_CONTAINER);
    new k8s.KubeLimitRange(this, 'limits', {
      metadata: { ...metadata, name: vclusterName(tenant.id) },
      spec: {
        limits: [
          {
            type: 'Container',
            default: asQuantities(limits),
            defaultRequest: asQuantities(requests),
          },
        ],
      },
    });
  }
}

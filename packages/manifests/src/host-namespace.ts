import {
  formatBytes,
  formatCpu,
  hostLabels,
  hostNamespace,
  type Tenant,
  vclusterName,
} from '@tenantry/tenants';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import {
  CONTROL_PLANE_VOLUME,
  DEFAULT_CONTAINER,
  OVERHEAD_LIMITS,
  OVERHEAD_PODS,
  OVERHEAD_REQUESTS,
} from './footprint.ts';
import { containerResources } from './quantities.ts';

/** Pod Security's rules as of this minor, so that a host upgrade does not change what is admitted. */
const POD_SECURITY_VERSION = 'v1.34';

export interface HostNamespaceProps {
  readonly tenant: Tenant;
}

/** A tenant's namespace on the host, what may be admitted there and how much of it. */
export class HostNamespace extends Construct {
  constructor(scope: Construct, id: string, { tenant }: HostNamespaceProps) {
    super(scope, id);
    const { plan } = tenant;
    const labels = hostLabels(tenant.id);
    const metadata = { namespace: hostNamespace(tenant.id), labels };

    new k8s.KubeNamespace(this, 'namespace', {
      metadata: { name: hostNamespace(tenant.id), labels: { ...labels, ...podSecurity() } },
    });

    // The plan is what the tenant can use; what running it costs is added on top.
    new k8s.KubeResourceQuota(this, 'quota', {
      metadata: { ...metadata, name: vclusterName(tenant.id) },
      spec: {
        hard: {
          'limits.cpu': k8s.Quantity.fromString(formatCpu(plan.cpu + OVERHEAD_LIMITS.cpu)),
          'limits.memory': k8s.Quantity.fromString(
            formatBytes(plan.memory + OVERHEAD_LIMITS.memory),
          ),
          'requests.cpu': k8s.Quantity.fromString(
            formatCpu(plan.requests.cpu + OVERHEAD_REQUESTS.cpu),
          ),
          'requests.memory': k8s.Quantity.fromString(
            formatBytes(plan.requests.memory + OVERHEAD_REQUESTS.memory),
          ),
          'requests.storage': k8s.Quantity.fromString(
            formatBytes(plan.storage + CONTROL_PLANE_VOLUME),
          ),
          pods: k8s.Quantity.fromNumber(plan.pods + OVERHEAD_PODS),
          'services.nodeports': k8s.Quantity.fromNumber(1),
          'services.loadbalancers': k8s.Quantity.fromNumber(0),
        },
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

function podSecurity(): Record<string, string> {
  return Object.fromEntries(
    ['audit', 'enforce', 'warn'].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, 'restricted'],
      [`pod-security.kubernetes.io/${mode}-version`, POD_SECURITY_VERSION],
    ]),
  );
}

function asQuantities(amounts: Readonly<Record<string, string>>): Record<string, k8s.Quantity> {
  return Object.fromEntries(
    Object.entries(amounts).map(([key, amount]) => [key, k8s.Quantity.fromString(amount)]),
  );
}

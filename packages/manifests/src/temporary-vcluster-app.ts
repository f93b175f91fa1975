import { MANAGED_BY, MANAGED_BY_LABEL, temporaryNamespace, vclusterName } from '@tenantry/tenants';
import { App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { podSecurity } from './pod-security.ts';
import { type ManifestObject, objectsOf } from './manifest-object.ts';

/** Where an API server answers. */
export interface ApiAddress {
  /** IPv4 or IPv6. */
  readonly address: string;
  readonly port: number;
}

export interface TemporaryVclusterProps {
  readonly tenantId: string;
  /** The host's API servers, which the control plane cannot do without. */
  readonly hostApi: readonly ApiAddress[];
  /** How many claims are made in it: the control plane's, and those that volumes are tried out in. */
  readonly claims: number;
}

/** The chart makes two, and the control plane one at each start, to learn the host's address range. */
const SERVICES = 10;

/**
 * The namespace in which a tenant's archive is tried out: room for one control plane, for nothing
 * that it would bring to the host, and no way out but to the host's API.
 */
export function temporaryVclusterObjects({
  tenantId,
  hostApi,
  claims,
}: TemporaryVclusterProps): readonly ManifestObject[] {
  const chart = new Chart(new App(), 'temporary', { disableResourceNameHashes: true });
  const namespace = temporaryNamespace(tenantId);
  const name = vclusterName(tenantId);
  const labels = { [MANAGED_BY_LABEL]: MANAGED_BY };

  new k8s.KubeNamespace(chart, 'namespace', {
    metadata: { name: namespace, labels: { ...labels, ...podSecurity() } },
  });
  new k8s.KubeResourceQuota(chart, 'quota', {
    metadata: { name, namespace, labels },
    spec: {
      hard: Object.fromEntries(
        Object.entries({
          pods: 1,
          'count/persistentvolumeclaims': claims,
          'count/services': SERVICES,
          'services.nodeports': 0,
          'services.loadbalancers': 0,
        }).map(([key, count]) => [key, k8s.Quantity.fromNumber(count)]),
      ),
    },
  });
  new k8s.KubeNetworkPolicy(chart, 'policy', {
    metadata: { name, namespace, labels },
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      egress: hostApi.map(({ address, port }) => ({
        ports: [{ port: k8s.IntOrString.fromNumber(port), protocol: 'TCP' }],
        to: [{ ipBlock: { cidr: `${address}/${address.includes(':') ? 128 : 32}` } }],
      })),
    },
  });
  return objectsOf(chart);
}
